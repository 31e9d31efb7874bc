//! Issues as people name them: by key, id or address.

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::error::NotAnIssue;

/// An issue as a person names it: key, id, or an address copied from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline)]
pub struct IssueRef {
    pub(in crate::jira) name: String,
    /// The host of the address, where it was one.
    pub(in crate::jira) host: Option<String>,
}

impl IssueRef {
    /// The key, in upper case, or the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

impl TryFrom<String> for IssueRef {
    type Error = NotAnIssue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (found, host) = match Url::parse(text.trim()) {
            Ok(url) => (in_address(&url), url.host_str().map(str::to_owned)),
            Err(_) => (key_or_id(&text), None),
        };
        found.map(|name| Self { name, host }).ok_or(NotAnIssue(text))
    }
}

/// The issue that an address shows: `/browse/KEY`, or what a board or queue has selected.
fn in_address(url: &Url) -> Option<String> {
    let selected =
        url.query_pairs().find(|(name, _)| name == "selectedIssue").map(|(_, value)| value.into_owned());
    selected
        .and_then(|key| key_or_id(&key))
        .or_else(|| url.path_segments()?.rev().filter(|segment| segment.contains('-')).find_map(key_or_id))
}

/// True for what has the form of an issue's key.
pub(in crate::jira) fn is_key(text: &str) -> bool {
    key_or_id(text).is_some_and(|found| found.contains('-'))
}

fn key_or_id(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.is_empty() && text.len() <= 19 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    let (project, number) = text.rsplit_once('-')?;
    let project_fits = project.len() <= 255
        && project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let number_fits = (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    (project_fits && number_fits).then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_understood_however_it_is_named() {
        for (text, expected) in [
            ("proj-12", "PROJ-12"),
            (" PROJ-12 ", "PROJ-12"),
            ("10042", "10042"),
            ("https://acme.atlassian.net/browse/PROJ-12?focusedCommentId=3", "PROJ-12"),
            (
                "https://acme.atlassian.net/jira/software/projects/PROJ/boards/1?selectedIssue=PROJ-12",
                "PROJ-12",
            ),
            ("https://acme.atlassian.net/jira/servicedesk/projects/OPS/queues/custom/1/OPS-7", "OPS-7"),
        ] {
            assert_eq!(IssueRef::try_from(text.to_owned()).unwrap().as_str(), expected, "{text}");
        }
        for text in
            ["", "PROJ", "PROJ-", "-1", "PROJ-1/../x", "../admin", "https://acme.atlassian.net/", "1 2"]
        {
            assert!(IssueRef::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
