//! The kinds of resources of a catalogue, and their addresses.

use std::fmt;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::error::Result;
use crate::server::call::Call;
use crate::server::completion_kind::CompletionKind;
use crate::server::policy::Policy;

/// Ids with titles, to begin with; the template reaches all others.
type ListedResources<'a> = BoxFuture<'a, Result<Vec<(String, String)>>>;

/// A kind of resource.
#[derive(Debug)]
pub struct ResourceKind {
    /// Its addresses, with one variable: `jira://issue/{key}`.
    pub template: &'static str,
    /// Its name in the list of templates.
    pub name: &'static str,
    /// Its title, for people.
    pub title: &'static str,
    /// The description of its content, for models and docs.
    pub about: &'static str,
    /// The tool that has to be on.
    pub tool: &'static str,
    /// The time for which a client may keep one, in milliseconds.
    pub ttl_ms: u64,
    /// The kind of values that the variable of the template has.
    pub completion: CompletionKind,
    /// The way in which one is read.
    pub reader: ResourceReader,
    /// The function that lists a few.
    pub list: Option<fn(&Call) -> ListedResources<'_>>,
}

/// The way in which a resource is read, by the variable in its address.
#[derive(Clone, Copy)]
pub enum ResourceReader {
    /// By the tool, with these arguments.
    Tool(fn(&str) -> Value),
    /// By a function of its own, which gives a structured value as tools do.
    Own(for<'a> fn(&'a Call, &'a str) -> BoxFuture<'a, Result<Value>>),
}

impl fmt::Debug for ResourceReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tool(_) => "Tool",
            Self::Own(_) => "Own",
        })
    }
}

impl ResourceKind {
    pub(in crate::server) fn is_on(&self, policy: &Policy) -> bool {
        policy.allows(self.tool)
    }

    /// The name of the template's variable.
    pub(in crate::server) fn variable(&self) -> &'static str {
        self.parts().1
    }

    /// The template before its variable, the variable, and the template after it.
    pub(super) fn parts(&self) -> (&'static str, &'static str, &'static str) {
        let (before, rest) = self.template.split_once('{').unwrap_or((self.template, ""));
        let (variable, after) = rest.split_once('}').unwrap_or((rest, ""));
        (before, variable, after)
    }

    /// The variable's value in an address of this kind: a key, or an id of digits.
    pub(super) fn value_in<'a>(&self, uri: &'a str) -> Option<&'a str> {
        let (before, variable, after) = self.parts();
        let value = uri.strip_prefix(before)?.strip_suffix(after)?;
        let fits = |b: u8| match variable {
            "id" => b.is_ascii_digit(),
            _ => b.is_ascii_alphanumeric() || b == b'-' || b == b'_',
        };
        let is_id_too_long = variable == "id" && value.len() > 19;
        (!value.is_empty() && value.bytes().all(fits) && !is_id_too_long).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(template: &'static str) -> ResourceKind {
        ResourceKind {
            template,
            name: "",
            title: "",
            about: "",
            tool: "",
            ttl_ms: 0,
            completion: CompletionKind::Free,
            reader: ResourceReader::Tool(|_| Value::Null),
            list: None,
        }
    }

    #[test]
    fn addresses_are_read_whole() {
        let kinds = ["jira://issue/{key}", "jira://project/{key}", "jira://board/{id}/sprint"].map(kind);
        let table = [
            ("jira://issue/DEMO-1", Some((0, "DEMO-1"))),
            ("jira://project/DEMO", Some((1, "DEMO"))),
            ("jira://board/12/sprint", Some((2, "12"))),
            ("jira://board/x/sprint", None),
            ("jira://board/12", None),
            ("jira://issue/", None),
            ("jira://issue/DEMO-1/comment", None),
            ("jira://issue/..%2Fmyself", None),
            ("jira://issue/../myself", None),
            ("https://example.com/DEMO-1", None),
        ];
        for (uri, expected) in table {
            let found = kinds.iter().enumerate().find_map(|(at, kind)| Some((at, kind.value_in(uri)?)));
            assert_eq!(found, expected, "{uri}");
        }
    }
}
