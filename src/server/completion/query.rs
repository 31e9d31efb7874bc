//! Completion of a query that is being typed: its last word, as a field, a value or a word of the language.

use crate::error::Result;
use crate::jira::{Client, Suggestion};

/// Words of the language that can follow a condition.
const WORDS: [&str; 6] = ["AND", "OR", "NOT", "ORDER BY", "ASC", "DESC"];

/// The whole query, once for each way to end its last word.
pub(super) async fn continuations(jira: &Client, typed: &str) -> Result<Vec<String>> {
    let (head, word, field) = last_word(typed);
    let wanted = word.trim_start_matches('"').to_lowercase();
    let mut endings = match field {
        Some(field) if field.eq_ignore_ascii_case("project") => {
            let (page, _) = jira.projects_like(Some(&wanted), 100, None).await?;
            page.rows.into_iter().map(|project| project.key).collect()
        }
        Some(field) => jira.jql_values(field, &wanted).await?.iter().map(Suggestion::written).collect(),
        None => {
            let fields = jira.jql_fields().await?;
            let names = fields.iter().map(Suggestion::written);
            let mut names: Vec<String> = names.chain(WORDS.map(str::to_owned)).collect();
            names.retain(|name| name.trim_start_matches('"').to_lowercase().starts_with(&wanted));
            names
        }
    };
    endings.dedup();
    Ok(endings.into_iter().map(|ending| format!("{head}{ending}")).collect())
}

/// The text before the last word, the word itself, and the field whose value it is, if it is one.
fn last_word(typed: &str) -> (&str, &str, Option<&str>) {
    let mut start = 0;
    let mut open = None;
    for (at, c) in typed.char_indices() {
        match (open, c) {
            (None, '"') => {
                open = Some(at);
                start = at;
            }
            (Some(_), '"') => open = None,
            (None, c) if c.is_whitespace() || "(),=<>~!".contains(c) => start = at + c.len_utf8(),
            _ => {}
        }
    }
    let (head, word) = typed.split_at(start);
    (head, word, field_before(head))
}

/// The field that an operator at the end of `head` compares.
fn field_before(head: &str) -> Option<&str> {
    let trimmed = head.trim_end();
    let before = trimmed.trim_end_matches(['=', '!', '<', '>', '~']);
    let name = if before.len() < trimmed.len() {
        before.trim_end()
    } else {
        // The values of `in (...)` are in the last bracket.
        let bracket = trimmed.rfind('(').filter(|at| !trimmed[*at..].contains(')'))?;
        let list = trimmed[..bracket].trim_end();
        let (rest, operator) = list.rsplit_once(char::is_whitespace)?;
        operator.eq_ignore_ascii_case("in").then_some(())?;
        let rest = rest.trim_end();
        match rest.rsplit_once(char::is_whitespace) {
            Some((field, not)) if not.eq_ignore_ascii_case("not") => field.trim_end(),
            _ => rest,
        }
    };
    let name = match name.strip_suffix('"') {
        Some(quoted) => quoted.rsplit_once('"')?.1,
        None => name.rsplit([' ', '(', '\t', '\n']).next()?,
    };
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::last_word;

    #[test]
    fn the_last_word_is_found_with_its_field() {
        for (typed, expected) in [
            ("", ("", "", None)),
            ("sta", ("", "sta", None)),
            ("status = ", ("status = ", "", Some("status"))),
            ("status = \"In Pr", ("status = ", "\"In Pr", Some("status"))),
            ("project=DE", ("project=", "DE", Some("project"))),
            ("a = 1 AND ass", ("a = 1 AND ", "ass", None)),
            ("status in (\"To Do\", Do", ("status in (\"To Do\", ", "Do", Some("status"))),
            ("status not in (Do", ("status not in (", "Do", Some("status"))),
            ("\"Story Points\" > 1", ("\"Story Points\" > ", "1", Some("Story Points"))),
            ("(priority = Hi", ("(priority = ", "Hi", Some("priority"))),
            ("status in (Done) AND pr", ("status in (Done) AND ", "pr", None)),
        ] {
            assert_eq!(last_word(typed), expected, "{typed}");
        }
    }
}
