//! The part of JQL's syntax that it takes to limit a query to projects.

use crate::error::{ArgumentProblem, Error, InvalidArgument, JqlFault, Result};

/// The query, limited to `projects`: `project in (...) AND (query) ORDER BY ...`.
///
/// # Errors
/// [`Error::InvalidArgument`] for a query whose quotes or brackets do not close, as such a one could
/// close the bracket that is put around it.
pub(crate) fn within(jql: &str, projects: &[String]) -> Result<String> {
    let (clauses, order) = split_order(jql)?;
    let mut limited = format!("project in ({})", list(projects));
    if !clauses.trim().is_empty() {
        limited = format!("{limited} AND ({})", clauses.trim());
    }
    if !order.is_empty() {
        limited = format!("{limited} {order}");
    }
    Ok(limited)
}

/// The condition of lying outside `projects`.
pub(in crate::jira) fn outside(projects: &[String]) -> String {
    format!("project not in ({})", list(projects))
}

fn list(projects: &[String]) -> String {
    projects.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ")
}

/// The two parts of a query: before its `ORDER BY`, and from there on.
fn split_order(jql: &str) -> Result<(&str, &str)> {
    let mut depth = 0_u32;
    let mut order_at = None;
    let mut previous_word: Option<(usize, &str)> = None;
    let mut chars = jql.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        match c {
            '"' | '\'' => {
                let mut closed = false;
                while let Some((_, inner)) = chars.next() {
                    if inner == '\\' {
                        chars.next();
                    } else if inner == c {
                        closed = true;
                        break;
                    }
                }
                if !closed {
                    return Err(unbalanced(JqlFault::UnclosedQuote));
                }
                previous_word = None;
            }
            '(' => {
                depth += 1;
                previous_word = None;
            }
            ')' => {
                depth = depth.checked_sub(1).ok_or_else(|| unbalanced(JqlFault::UnopenedBracket))?;
                previous_word = None;
            }
            // Outside quotes a backslash escapes too: `\"` does not open a quote.
            '\\' => {
                chars.next();
                previous_word = None;
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut end = start + c.len_utf8();
                while let Some((at, next)) = chars.peek().copied() {
                    if !(next.is_alphanumeric() || next == '_') {
                        break;
                    }
                    end = at + next.len_utf8();
                    chars.next();
                }
                let word = &jql[start..end];
                if depth == 0 && order_at.is_none() && word.eq_ignore_ascii_case("by") {
                    order_at =
                        previous_word.filter(|(_, w)| w.eq_ignore_ascii_case("order")).map(|(at, _)| at);
                }
                previous_word = Some((start, word));
            }
            c if c.is_whitespace() => {}
            _ => previous_word = None,
        }
    }
    if depth > 0 {
        return Err(unbalanced(JqlFault::UnclosedBracket));
    }
    Ok(order_at.map_or((jql, ""), |at| jql.split_at(at)))
}

fn unbalanced(fault: JqlFault) -> Error {
    InvalidArgument::parameter("jql", ArgumentProblem::UnbalancedJql(fault)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(jql: &str) -> Result<String> {
        within(jql, &["A".into(), "B".into()])
    }

    #[test]
    fn the_whole_condition_is_walled_in_and_the_order_stays_outside() {
        let table = [
            ("", "project in (\"A\", \"B\")"),
            ("status = Done", "project in (\"A\", \"B\") AND (status = Done)"),
            (
                "a = 1 OR project = C order  by x",
                "project in (\"A\", \"B\") AND (a = 1 OR project = C) order  by x",
            ),
            ("ORDER BY updated", "project in (\"A\", \"B\") ORDER BY updated"),
            (
                "summary ~ \"order by (\" AND x = ')'",
                "project in (\"A\", \"B\") AND (summary ~ \"order by (\" AND x = ')')",
            ),
            (r#"summary ~ "a\") OR (b""#, r#"project in ("A", "B") AND (summary ~ "a\") OR (b")"#),
            // A quote that is escaped opens nothing, and what is no word of its own orders nothing.
            (r#"a = \" OR (b = 1)"#, r#"project in ("A", "B") AND (a = \" OR (b = 1))"#),
            ("a = 1\tOrDeR\nbY x", "project in (\"A\", \"B\") AND (a = 1) OrDeR\nbY x"),
            ("reorder by x", "project in (\"A\", \"B\") AND (reorder by x)"),
            ("issue in f(\"order by\")", "project in (\"A\", \"B\") AND (issue in f(\"order by\"))"),
        ];
        for (jql, expected) in table {
            assert_eq!(limited(jql).unwrap(), expected, "{jql}");
        }
    }

    #[test]
    fn a_query_that_closes_the_wall_is_refused() {
        for jql in [
            "a = 1) OR (project = C",
            "a = 1) OR project = C",
            "(a = 1",
            "a = \"b",
            "a = 'b\\'",
            "a = 1 ORDER BY x) OR (b = 2",
            r#"a = "\u0022) OR (b = "#,
        ] {
            assert!(limited(jql).is_err(), "{jql}");
        }
    }
}
