//! The syntax tree as JSON, in the shape of `POST /rest/api/3/jql/parse`.

use serde_json::{Value as Json, json};

use super::syntax::{Clause, FieldRef, Operand, Predicate, Sort, encoded};

/// A whole query; a part that it does not have is left out.
pub(super) fn query(clause: Option<&Clause>, order: &[Sort]) -> Json {
    let mut out = json!({});
    if let Some(where_clause) = clause {
        out["where"] = self::clause(where_clause);
    }
    if !order.is_empty() {
        out["orderBy"] = json!({ "fields": order.iter().map(sort).collect::<Vec<_>>() });
    }
    out
}

fn clause(clause: &Clause) -> Json {
    let compound = |operator: &str, clauses: &[Clause]| {
        let clauses: Vec<_> = clauses.iter().map(self::clause).collect();
        json!({ "clauses": clauses, "operator": operator })
    };
    match clause {
        Clause::And(clauses) => compound("and", clauses),
        Clause::Or(clauses) => compound("or", clauses),
        Clause::Not(inner) => compound("not", std::slice::from_ref(&**inner)),
        Clause::Value(field, operator, operand) => json!({
            "field": self::field(field),
            "operator": operator.text(),
            "operand": self::operand(operand),
        }),
        Clause::Was(field, operator, operand, predicates) => json!({
            "field": self::field(field),
            "operator": operator.text(),
            "operand": self::operand(operand),
            "predicates": predicates.iter().map(predicate).collect::<Vec<_>>(),
        }),
        Clause::Changed(field, predicates) => json!({
            "field": self::field(field),
            "operator": "changed",
            "predicates": predicates.iter().map(predicate).collect::<Vec<_>>(),
        }),
    }
}

fn predicate(predicate: &Predicate) -> Json {
    json!({ "operator": predicate.kind.text(), "operand": operand(&predicate.operand) })
}

fn sort(sort: &Sort) -> Json {
    let mut out = json!({ "field": field(&sort.field) });
    if let Some(descending) = sort.descending {
        out["direction"] = if descending { "desc" } else { "asc" }.into();
    }
    out
}

fn field(field: &FieldRef) -> Json {
    let Some((key, path)) = &field.property else {
        return json!({ "name": field.name, "encodedName": field.to_string() });
    };
    let entity = field.name.split('.').next().unwrap_or_default();
    json!({
        "name": format!("{}[{key}].{path}", field.name),
        "encodedName": field.to_string(),
        "property": [{ "entity": entity, "key": key, "path": path }],
    })
}

fn operand(operand: &Operand) -> Json {
    match operand {
        Operand::Empty => json!({ "keyword": "empty" }),
        Operand::Text(text) => json!({ "value": text, "encodedValue": encoded(text) }),
        Operand::Number(number) => json!({ "value": number.to_string(), "encodedValue": number.to_string() }),
        Operand::List(members) => json!({
            "values": members.iter().map(self::operand).collect::<Vec<_>>(),
            "encodedOperand": operand.to_string(),
        }),
        Operand::Function(call) => json!({
            "function": call.name,
            "arguments": call.arguments,
            "encodedOperand": operand.to_string(),
        }),
    }
}
