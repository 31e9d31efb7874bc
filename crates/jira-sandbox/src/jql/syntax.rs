//! The syntax tree of a query, and how it is written.

use std::fmt::{Display, Formatter, Result};

use super::{lex::is_stop, reserved::is_reserved_word};

/// A condition on issues.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Clause {
    /// All of them.
    And(Vec<Clause>),
    /// Any of them.
    Or(Vec<Clause>),
    /// Not that one.
    Not(Box<Clause>),
    /// A field's value now.
    Value(FieldRef, Operator, Operand),
    /// A value that the field had.
    Was(FieldRef, WasOperator, Operand, Vec<Predicate>),
    /// A change of the field.
    Changed(FieldRef, Vec<Predicate>),
}

/// A field as the query names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldRef {
    /// `status`, `Story Points[Number]`, `cf[10016]`.
    pub(super) name: String,
    /// For `entity.property[key].path`: key and path.
    pub(super) property: Option<(String, String)>,
}

/// Compares a field with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Like,
    NotLike,
    In,
    NotIn,
    Is,
    IsNot,
}

impl Operator {
    /// The operator as Jira names it in messages and trees.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
        }
    }

    /// The name of Jira's constant for it, which one of its messages shows.
    pub(super) fn constant(self) -> &'static str {
        match self {
            Self::Equal => "EQUALS",
            Self::NotEqual => "NOT_EQUALS",
            Self::Greater => "GREATER_THAN",
            Self::GreaterEqual => "GREATER_THAN_EQUALS",
            Self::Less => "LESS_THAN",
            Self::LessEqual => "LESS_THAN_EQUALS",
            Self::Like => "LIKE",
            Self::NotLike => "NOT_LIKE",
            Self::In => "IN",
            Self::NotIn => "NOT_IN",
            Self::Is => "IS",
            Self::IsNot => "IS_NOT",
        }
    }

    /// The operator that says the opposite of every issue that has a value.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Greater => Self::LessEqual,
            Self::GreaterEqual => Self::Less,
            Self::Less => Self::GreaterEqual,
            Self::LessEqual => Self::Greater,
            Self::Like => Self::NotLike,
            Self::NotLike => Self::Like,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
        }
    }

    /// True where the operator takes a list.
    pub(super) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }
}

/// Compares what a field was with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasOperator {
    Was,
    WasNot,
    WasIn,
    WasNotIn,
}

impl WasOperator {
    /// The operator as Jira names it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Was => "was",
            Self::WasNot => "was not",
            Self::WasIn => "was in",
            Self::WasNotIn => "was not in",
        }
    }

    /// True where the operator takes a list.
    pub(super) fn takes_list(self) -> bool {
        matches!(self, Self::WasIn | Self::WasNotIn)
    }

    /// True where the operator asks for issues that never had the value.
    pub(super) fn is_negative(self) -> bool {
        matches!(self, Self::WasNot | Self::WasNotIn)
    }
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// `EMPTY` or `NULL`.
    Empty,
    /// A value in quotes or a bare word.
    Text(String),
    /// Bare digits: an id to most fields.
    Number(i64),
    /// `(a, b)`.
    List(Vec<Operand>),
    /// `startOfDay("-1d")`.
    Function(Call),
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
}

/// Narrows a `WAS` or `CHANGED`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Predicate {
    pub(super) kind: PredicateKind,
    pub(super) operand: Operand,
}

/// The kind of a predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PredicateKind {
    After,
    Before,
    During,
    On,
    By,
    From,
    To,
}

impl PredicateKind {
    /// The predicate as Jira names it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Before => "before",
            Self::During => "during",
            Self::On => "on",
            Self::By => "by",
            Self::From => "from",
            Self::To => "to",
        }
    }
}

/// One member of `ORDER BY`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sort {
    pub(super) field: FieldRef,
    /// The direction as written; each field has a direction of its own when none is.
    pub(super) descending: Option<bool>,
}

impl Display for FieldRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.property {
            Some((key, path)) => write!(f, "{}[{}].{path}", self.name, encoded(key)),
            None if self.name.starts_with("cf[") => f.write_str(&self.name),
            None => f.write_str(&encoded(&self.name)),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Empty => f.write_str("EMPTY"),
            Self::Text(text) => f.write_str(&encoded(text)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Function(call) => call.fmt(f),
            Self::List(members) => {
                f.write_str("(")?;
                for (i, member) in members.iter().enumerate() {
                    write!(f, "{}{member}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let arguments: Vec<String> = self.arguments.iter().map(|argument| encoded(argument)).collect();
        write!(f, "{}({})", encoded(&self.name), arguments.join(", "))
    }
}

/// A word as it can stand in a query: bare where that is possible, else in quotes.
pub(crate) fn encoded(text: &str) -> String {
    let number = text.parse::<i64>().is_ok();
    let plain = !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c == '\\' || is_stop(c));
    if plain && !number && !is_reserved_word(text) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}
