//! Tokens to a syntax tree, by recursive descent with a bounded depth.

use super::{
    lex::{self, Kind, Token},
    message,
    syntax::{Call, Clause, FieldRef, Operand, Operator, Predicate, PredicateKind, Sort, WasOperator},
};

/// The depth to which parentheses, lists and NOT may nest.
const MAX_DEPTH: usize = 200;

type Parsed<T> = Result<T, String>;

/// The condition and the order of a query; either may be missing.
pub(super) fn query(source: &str) -> Parsed<(Option<Clause>, Vec<Sort>)> {
    let tokens = lex::tokens(source)?;
    let mut cursor = Cursor { source, tokens: &tokens, next: 0, depth: 0 };
    let clause = match cursor.peek().kind {
        Kind::End | Kind::Order => None,
        _ => Some(cursor.any_of()?),
    };
    let order = if cursor.accept(Kind::Order) { cursor.order()? } else { Vec::new() };
    let rest = cursor.peek();
    match rest.kind {
        Kind::End => Ok((clause, order)),
        _ if order.is_empty() => Err(message::expected(source, rest, "either 'OR' or 'AND'")),
        _ => Err(message::expected(source, rest, "','")),
    }
}

struct Cursor<'a> {
    source: &'a str,
    tokens: &'a [Token],
    next: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> &'a Token {
        &self.tokens[self.next]
    }

    /// Moves past a token; the end is never passed.
    fn take(&mut self) -> &'a Token {
        let token = self.peek();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn accept(&mut self, kind: Kind) -> bool {
        let there = self.peek().kind == kind;
        if there {
            self.take();
        }
        there
    }

    fn expect(&mut self, kind: Kind, what: &str) -> Parsed<()> {
        if self.accept(kind) { Ok(()) } else { Err(message::expected(self.source, self.peek(), what)) }
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            return Err(message::too_deep(self.source, self.peek().at, MAX_DEPTH));
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    fn any_of(&mut self) -> Parsed<Clause> {
        let mut clauses = vec![self.all_of()?];
        while self.accept(Kind::Or) {
            clauses.push(self.all_of()?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::Or(clauses) })
    }

    fn all_of(&mut self) -> Parsed<Clause> {
        let mut clauses = vec![self.one()?];
        while self.accept(Kind::And) {
            clauses.push(self.one()?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::And(clauses) })
    }

    fn one(&mut self) -> Parsed<Clause> {
        match self.peek().kind {
            Kind::Not | Kind::Bang => {
                self.take();
                Ok(Clause::Not(Box::new(self.deeper(Self::one)?)))
            }
            Kind::LeftParen => {
                self.take();
                let clause = self.deeper(Self::any_of)?;
                self.expect(Kind::RightParen, "')'")?;
                Ok(clause)
            }
            _ => self.condition(),
        }
    }

    fn condition(&mut self) -> Parsed<Clause> {
        let field = self.field()?;
        let token = self.take();
        let operator = match token.kind {
            Kind::Equal => Operator::Equal,
            Kind::NotEqual => Operator::NotEqual,
            Kind::Like => Operator::Like,
            Kind::NotLike => Operator::NotLike,
            Kind::Less => Operator::Less,
            Kind::LessEqual => Operator::LessEqual,
            Kind::Greater => Operator::Greater,
            Kind::GreaterEqual => Operator::GreaterEqual,
            Kind::In => Operator::In,
            Kind::Not => {
                self.expect(Kind::In, "'IN'")?;
                Operator::NotIn
            }
            Kind::Is if self.accept(Kind::Not) => Operator::IsNot,
            Kind::Is if self.peek().kind == Kind::Bang => {
                self.expect(Kind::Not, "'NOT'").map(|()| Operator::IsNot)?
            }
            Kind::Is => Operator::Is,
            Kind::Was => return self.was(field),
            Kind::Changed => return self.changed(field),
            _ => return Err(message::expected_operator(self.source, token)),
        };
        let operand = self.compared()?;
        if let Some(predicate) = self.predicates()?.first() {
            let text = format!("{} {}", predicate.kind.text(), quoted(&predicate.operand));
            return Err(message::unsupported_predicate(operator.constant(), &text));
        }
        Ok(Clause::Value(field, operator, operand))
    }

    fn was(&mut self, field: FieldRef) -> Parsed<Clause> {
        let operator = match (self.accept(Kind::Not), self.accept(Kind::In)) {
            (false, false) => WasOperator::Was,
            (true, false) => WasOperator::WasNot,
            (false, true) => WasOperator::WasIn,
            (true, true) => WasOperator::WasNotIn,
        };
        let operand = self.compared()?;
        Ok(Clause::Was(field, operator, operand, self.predicates()?))
    }

    fn changed(&mut self, field: FieldRef) -> Parsed<Clause> {
        let predicates = self.predicates()?;
        let starts_value = matches!(
            self.peek().kind,
            Kind::Word | Kind::Quoted | Kind::Number | Kind::Empty | Kind::LeftParen
        );
        if predicates.is_empty() && starts_value {
            return Err(message::value_without_predicate(&self.operand()?.to_string()));
        }
        Ok(Clause::Changed(field, predicates))
    }

    /// The operand of a condition, and that something which may follow a condition follows it.
    fn compared(&mut self) -> Parsed<Operand> {
        let operand = self.operand()?;
        let goes_on = !matches!(
            self.peek().kind,
            Kind::End | Kind::And | Kind::Or | Kind::RightParen | Kind::Order | Kind::Comma
        );
        if goes_on && predicate_kind(self.peek().kind).is_none() && !matches!(operand, Operand::List(_)) {
            return Err(message::expected(self.source, self.peek(), "either 'OR' or 'AND'"));
        }
        Ok(operand)
    }

    fn predicates(&mut self) -> Parsed<Vec<Predicate>> {
        let mut predicates = Vec::new();
        while let Some(kind) = predicate_kind(self.peek().kind) {
            self.take();
            predicates.push(Predicate { kind, operand: self.operand()? });
        }
        Ok(predicates)
    }

    fn field(&mut self) -> Parsed<FieldRef> {
        let token = self.peek();
        let name = match token.kind {
            Kind::Number => {
                self.take();
                return Ok(FieldRef { name: token.text.clone(), property: None });
            }
            Kind::Word | Kind::Quoted if token.text.trim().is_empty() => {
                return Err(message::empty_name(self.source, token.at, "field"));
            }
            Kind::Word | Kind::Quoted => self.take().text.clone(),
            Kind::CustomField => return self.custom_field(),
            _ => return Err(message::expected_field(self.source, token)),
        };
        let mut property = None;
        while self.accept(Kind::LeftBracket) {
            let key = self.argument()?;
            self.expect(Kind::RightBracket, "']'")?;
            let path = match self.peek() {
                token if token.kind == Kind::Word && token.text.starts_with('.') => {
                    self.take().text.trim_start_matches('.').to_owned()
                }
                _ => String::new(),
            };
            property = Some((key, path));
        }
        Ok(FieldRef { name, property })
    }

    fn custom_field(&mut self) -> Parsed<FieldRef> {
        self.take();
        self.expect(Kind::LeftBracket, "'['")?;
        let id = self.peek();
        if id.kind != Kind::Number || id.text.starts_with('-') {
            return Err(message::expected(self.source, id, "a custom field id (a positive number)"));
        }
        let number = self.number()?;
        self.expect(Kind::RightBracket, "']'")?;
        Ok(FieldRef { name: format!("cf[{number}]"), property: None })
    }

    fn number(&mut self) -> Parsed<i64> {
        let token = self.take();
        token.text.parse().map_err(|_| message::illegal_number(self.source, token.at, &token.text))
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let token = self.peek();
        let called = self.tokens.get(self.next + 1).is_some_and(|next| next.kind == Kind::LeftParen);
        match token.kind {
            Kind::Word | Kind::Quoted | Kind::Number if called => self.call().map(Operand::Function),
            Kind::Word | Kind::Quoted => Ok(Operand::Text(self.take().text.clone())),
            Kind::Number => self.number().map(Operand::Number),
            Kind::Empty => {
                self.take();
                Ok(Operand::Empty)
            }
            Kind::LeftParen => {
                self.take();
                self.deeper(Self::list).map(Operand::List)
            }
            _ => Err(message::expected_operand(self.source, token)),
        }
    }

    fn list(&mut self) -> Parsed<Vec<Operand>> {
        let mut members = Vec::new();
        loop {
            let simple = self.peek().kind != Kind::LeftParen;
            members.push(self.operand()?);
            if self.accept(Kind::Comma) {
                continue;
            }
            let ends =
                matches!(self.peek().kind, Kind::RightParen | Kind::End | Kind::And | Kind::Or | Kind::Order);
            let what = if simple && !ends { "',' or ')'" } else { "')'" };
            self.expect(Kind::RightParen, what)?;
            return Ok(members);
        }
    }

    fn call(&mut self) -> Parsed<Call> {
        let name = self.take();
        if name.text.trim().is_empty() {
            return Err(message::empty_name(self.source, name.at, "function"));
        }
        self.take();
        let mut arguments = Vec::new();
        match self.peek().kind {
            Kind::RightParen => {}
            Kind::Comma | Kind::End => return Err(message::expected(self.source, self.peek(), "')'")),
            _ => {
                arguments.push(self.argument()?);
                while self.accept(Kind::Comma) {
                    arguments.push(self.argument()?);
                }
            }
        }
        let what = if self.peek().kind == Kind::End { "')'" } else { "')' or ','" };
        self.expect(Kind::RightParen, what)?;
        Ok(Call { name: name.text.clone(), arguments })
    }

    fn argument(&mut self) -> Parsed<String> {
        match self.peek().kind {
            Kind::Word | Kind::Quoted | Kind::Number => Ok(self.take().text.clone()),
            _ => Err(message::expected_argument(self.source, self.peek())),
        }
    }

    fn order(&mut self) -> Parsed<Vec<Sort>> {
        self.expect(Kind::By, "'by'")?;
        let mut order = Vec::new();
        loop {
            let field = self.field()?;
            let descending = match self.peek().kind {
                Kind::Asc | Kind::Desc => Some(self.take().kind == Kind::Desc),
                Kind::Comma | Kind::End => None,
                _ => return Err(message::expected(self.source, self.peek(), "either 'ASC' or 'DESC'")),
            };
            order.push(Sort { field, descending });
            if !self.accept(Kind::Comma) {
                return Ok(order);
            }
        }
    }
}

fn predicate_kind(kind: Kind) -> Option<PredicateKind> {
    Some(match kind {
        Kind::After => PredicateKind::After,
        Kind::Before => PredicateKind::Before,
        Kind::During => PredicateKind::During,
        Kind::On => PredicateKind::On,
        Kind::By => PredicateKind::By,
        Kind::From => PredicateKind::From,
        Kind::To => PredicateKind::To,
        _ => return None,
    })
}

/// An operand as Jira shows it in messages: texts always in quotes.
pub(super) fn quoted(operand: &Operand) -> String {
    match operand {
        Operand::Text(text) => format!("\"{text}\""),
        other => other.to_string(),
    }
}
