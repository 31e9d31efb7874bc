//! The forms in which queries, and what they are made of, are handed out.

use serde_json::{Value as Json, json};

use super::{
    super::{Query, reference_data, suggestions},
    site::{ADA, GUEST, site},
};

fn structure(source: &str) -> Json {
    Query::parse(source).unwrap().structure()
}

#[test]
fn trees() {
    let field = |name: &str| json!({ "name": name, "encodedName": name });
    let value = |text: &str| json!({ "value": text, "encodedValue": text });
    let source = "summary ~ test AND (labels in (urgent, \"two words\") OR assignee = currentUser()) \
                  AND NOT status CHANGED AFTER startOfMonth(\"-1M\") ORDER BY updated DESC, key";
    let expected = json!({
        "where": { "clauses": [
            { "field": field("summary"), "operator": "~", "operand": value("test") },
            { "clauses": [
                { "field": field("labels"), "operator": "in", "operand": {
                    "values": [value("urgent"), { "value": "two words", "encodedValue": "\"two words\"" }],
                    "encodedOperand": "(urgent, \"two words\")",
                } },
                { "field": field("assignee"), "operator": "=", "operand": {
                    "function": "currentUser", "arguments": [], "encodedOperand": "currentUser()",
                } },
            ], "operator": "or" },
            { "clauses": [{ "field": field("status"), "operator": "changed", "predicates": [{
                "operator": "after",
                "operand": {
                    "function": "startOfMonth", "arguments": ["-1M"], "encodedOperand": "startOfMonth(-1M)",
                },
            }] }], "operator": "not" },
        ], "operator": "and" },
        "orderBy": { "fields": [{ "field": field("updated"), "direction": "desc" }, { "field": field("key") }] },
    });
    assert_eq!(structure(source), expected);
    let was = json!({ "where": {
        "field": field("status"), "operator": "was not in",
        "operand": { "values": [value("Done"), { "keyword": "empty" }], "encodedOperand": "(Done, EMPTY)" },
        "predicates": [{ "operator": "by", "operand": value("ada") }],
    } });
    assert_eq!(structure("status was not in (Done, null) by ada"), was);
    let property = json!({ "where": {
        "field": {
            "name": "issue.property[two words].id",
            "encodedName": "issue.property[\"two words\"].id",
            "property": [{ "entity": "issue", "key": "two words", "path": "id" }],
        },
        "operator": "=",
        "operand": { "value": "4", "encodedValue": "4" },
    } });
    assert_eq!(structure("issue.property[\"two words\"].id = 4"), property);
    assert_eq!(structure(""), json!({}));
}

/// Words that are written can be read again, and mean the same.
#[test]
fn encoded_words_survive() {
    for word in [
        "plain",
        "two words",
        "say \"hi\"",
        "back\\slash",
        "10042",
        "-7d",
        "select",
        "EMPTY",
        "",
        "it's",
        "ünï",
    ] {
        let source = format!("labels = {}", super::super::syntax::encoded(word));
        assert_eq!(structure(&source)["where"]["operand"]["value"], word, "{source}");
    }
}

#[test]
fn reference() {
    let world = site();
    let data = reference_data(&world, &[], true);
    let field = |name: &str| {
        let fields = data["visibleFieldNames"].as_array().unwrap();
        fields
            .iter()
            .find(|field| field["value"] == name)
            .unwrap_or_else(|| panic!("no field {name}"))
            .clone()
    };
    assert_eq!(
        field("summary"),
        json!({
            "value": "summary", "displayName": "summary", "orderable": "true", "searchable": "true",
            "operators": ["~", "!~", "is", "is not"], "types": ["java.lang.String"],
        })
    );
    assert_eq!(field("\"Story Points\"")["cfid"], "cf[10016]");
    assert_eq!(field("\"Story Points\"")["displayName"], "Story Points - cf[10016]");
    assert_eq!(field("\"Story Points[Number]\"")["types"], json!(["java.lang.Number"]));
    assert!(field("status")["operators"].as_array().unwrap().contains(&json!("changed")));
    assert_eq!(field("status")["auto"], "true");
    let functions = data["visibleFunctionNames"].as_array().unwrap();
    let function = |name: &str| functions.iter().find(|function| function["value"] == name).unwrap();
    assert_eq!(function("membersOf(\"\")")["isList"], "true");
    assert_eq!(function("currentUser()")["isList"], Json::Null);
    assert!(data["jqlReservedWords"].as_array().unwrap().contains(&json!("select")));

    let unused = world.projects.keys().max().unwrap() + 1;
    let plain = reference_data(&world, &[unused], false)["visibleFieldNames"].to_string();
    assert!(plain.contains("\"Sprint\"") && !plain.contains("[Number]"));
}

/// Every field that the reference data names can be asked for by every operator that it names.
#[test]
fn the_reference_is_true() {
    let world = site();
    for field in reference_data(&world, &[], true)["visibleFieldNames"].as_array().unwrap() {
        let name = field["value"].as_str().unwrap();
        for operator in field["operators"].as_array().unwrap() {
            let operator = operator.as_str().unwrap();
            let operand = match operator {
                "is" | "is not" => "EMPTY",
                "in" | "not in" | "was in" | "was not in" => "(1)",
                "changed" => "",
                _ => "1",
            };
            let query = Query::parse(&format!("{name} {operator} {operand}")).unwrap();
            let errors = query.check(&world, Some(ADA)).err().unwrap_or_default().join(" ");
            assert!(
                !errors.contains("Operator") && !errors.contains("operator"),
                "{name} {operator}: {errors}"
            );
            assert!(
                !errors.contains("do not have permission to view it") || name == "Sprint",
                "{name}: {errors}"
            );
        }
        if field["orderable"] == "true" {
            let query = Query::parse(&format!("order by {name}")).unwrap();
            assert_eq!(query.check(&world, Some(ADA)), Ok(Vec::new()), "{name}");
        }
    }
}

#[test]
fn suggested_values() {
    let world = site();
    let suggested = |field: &str, typed: Option<&str>, by: bool| {
        let found = suggestions(&world, Some(ADA), field, typed, by);
        let results = found["results"].as_array().unwrap().clone();
        results.iter().map(|r| r["displayName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(suggested("status", Some("prog"), false), ["In <b>Prog</b>ress"]);
    assert_eq!(suggested("project", None, false), ["Demo shop (DEMO)", "Operations (OPS)"]);
    assert_eq!(suggested("reporter", Some("ada"), false), ["<b>Ada</b> Moreau"]);
    assert_eq!(suggested("labels", Some("PAY"), false), ["<b>Pay</b>ments", "<b>pay</b>ments"]);
    assert_eq!(suggested("\"Severity\"", Some("min"), false), ["<b>Min</b>or"]);
    assert_eq!(suggested("status", Some("ben"), true), ["<b>Ben</b> Ortiz"]);
    assert_eq!(suggested("universe", None, false), [""; 0]);
    let guest = suggestions(&world, Some(GUEST), "project", None, false);
    assert_eq!(guest["results"].as_array().unwrap().len(), 1);
}
