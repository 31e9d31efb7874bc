//! Jira's messages about a query that it cannot read.

use super::lex::{Kind, Token};

const OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
const ESCAPES: &str = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;

/// `(line 1, character 8)` for a byte of the source.
fn position(source: &str, at: usize) -> String {
    let before = &source[..at];
    let line = before.matches('\n').count() + 1;
    let character = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("(line {line}, character {character})")
}

fn error(source: &str, at: usize, what: &str) -> String {
    format!("Error in the JQL Query: {what} {}", position(source, at))
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// `\u0040`, the way out for a character.
pub(super) fn unicode_escape(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

pub(super) fn reserved_word(source: &str, at: usize, word: &str) -> String {
    error(
        source,
        at,
        &format!(
            "'{word}' is a reserved JQL word. You must surround it in quotation marks to use it in a query."
        ),
    )
}

pub(super) fn reserved_character(source: &str, at: usize, c: char) -> String {
    let escape = unicode_escape(c);
    error(
        source,
        at,
        &format!(
            "The character '{c}' is a reserved JQL character. You must enclose it in a string or use the escape \
             '{escape}' instead."
        ),
    )
}

pub(super) fn illegal_character(source: &str, at: usize, c: char) -> String {
    let name = if c == '\t' { "TAB".into() } else { format!("U+{:04X}", u32::from(c)) };
    let escape = unicode_escape(c);
    let place = position(source, at)
        .replace("(line", "on line")
        .replace(", character", " at position")
        .replace(')', "");
    error(
        source,
        at,
        &format!("The character '{name}' {place} must be escaped. Use the escape '{escape}' instead."),
    )
}

pub(super) fn illegal_escape(source: &str, at: usize, wrong: &str) -> String {
    error(source, at, &format!(r"'\{}' is an illegal JQL escape sequence. {ESCAPES}", one_line(wrong)))
}

pub(super) fn unfinished_escape(source: &str, at: usize) -> String {
    error(source, at, &format!("The escape sequence has not been completed. {ESCAPES}"))
}

pub(super) fn unfinished_string(source: &str, at: usize, text: &str) -> String {
    if text.trim().is_empty() {
        return error(source, at, "The quoted string has not been completed.");
    }
    error(source, at, &format!("The quoted string '{}' has not been completed.", one_line(text)))
}

pub(super) fn illegal_number(source: &str, at: usize, number: &str) -> String {
    error(
        source,
        at,
        &format!(
            "'{number}' is not a valid number. Numbers must be between -9,223,372,036,854,775,808 and \
             9,223,372,036,854,775,807."
        ),
    )
}

pub(super) fn too_deep(source: &str, at: usize, limit: usize) -> String {
    error(
        source,
        at,
        &format!(
            "The query is nested too deeply. Parentheses, lists and NOT may nest at most {limit} levels."
        ),
    )
}

pub(super) fn empty_name(source: &str, at: usize, what: &str) -> String {
    error(source, at, &format!("A {what} name cannot be empty."))
}

/// "Expecting `what` but got ...", or the form for the query's end.
fn expecting(source: &str, token: &Token, what: &str, hint: &str, at_end: &str) -> String {
    if token.kind == Kind::End {
        return format!("Error in the JQL Query: Expecting {what} {at_end} of the query.{hint}");
    }
    error(source, token.at, &format!("Expecting {what} but got '{}'.{hint}", one_line(&token.text)))
}

pub(super) fn expected(source: &str, token: &Token, what: &str) -> String {
    expecting(source, token, what, "", "before the end")
}

pub(super) fn expected_operator(source: &str, token: &Token) -> String {
    expecting(source, token, "operator", &format!(" {OPERATORS}"), "before the end")
}

pub(super) fn expected_field(source: &str, token: &Token) -> String {
    let hint = match token.kind {
        Kind::End => String::new(),
        Kind::LeftBracket => " Did you mean 'cf['?".into(),
        _ => format!(" You must surround '{}' in quotation marks to use it as a field name.", token.text),
    };
    expecting(source, token, "a field name", &hint, "at the end")
}

pub(super) fn expected_operand(source: &str, token: &Token) -> String {
    let hint = match token.kind {
        Kind::End => String::new(),
        _ => format!(" You must surround '{}' in quotation marks to use it as a value.", token.text),
    };
    expecting(source, token, "either a value, list or function", &hint, "before the end").replacen(
        "Error in the JQL Query",
        "Error in JQL Query",
        1,
    )
}

pub(super) fn expected_argument(source: &str, token: &Token) -> String {
    match token.kind {
        Kind::Comma | Kind::RightParen => error(source, token.at, "Function argument must be specified."),
        Kind::End => expecting(source, token, "a function argument", "", "at the end"),
        _ => {
            let hint =
                format!(" You must surround '{}' in quotation marks to use it as an argument.", token.text);
            expecting(source, token, "a function argument", &hint, "")
        }
    }
}

pub(super) fn unsupported_predicate(operator: &str, predicate: &str) -> String {
    format!(
        "Error in the JQL Query: The {operator} operator does not support the use of the {predicate} predicate."
    )
}

pub(super) fn value_without_predicate(value: &str) -> String {
    format!(
        "Error in the JQL Query: The CHANGED operator does not support the use of values without predicates. You must \
         prefix the {value} value with a suitable predicate."
    )
}
