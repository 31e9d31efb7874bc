//! The restriction of a comment or worklog to a role, a group or a service desk's agents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The entity property that keeps a service desk's comment from its customers.
const INTERNAL: &str = "sd.public.comment";

/// The role or group that a comment or worklog is restricted to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Visibility {
    /// `role` or `group`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the role or group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Id of the group, name of the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
}

impl Visibility {
    /// The form in which callers give it: `role:NAME`, `group:NAME`.
    pub(in crate::jira) fn words(&self) -> String {
        let name = self.value.as_deref().or(self.identifier.as_deref());
        format!("{}:{}", self.kind, name.unwrap_or("?"))
    }
}

/// Whom a comment or worklog is for: `role:NAME`, `group:NAME`, `internal`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline)]
pub enum Audience {
    /// Everybody who sees the issue.
    #[default]
    Everybody,
    /// People in a role or group.
    Only(Visibility),
    /// A service desk's agents, not its customers.
    Agents,
}

impl TryFrom<String> for Audience {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (kind, name) = text.split_once(':').unwrap_or((&text, ""));
        match (kind.trim().to_ascii_lowercase().as_str(), name.trim()) {
            ("internal", "") => Ok(Self::Agents),
            (kind @ ("role" | "group"), name) if !name.is_empty() => Ok(Self::Only(Visibility {
                kind: kind.to_owned(),
                value: Some(name.to_owned()),
                identifier: None,
            })),
            _ => Err(format!(
                "`visible_to` takes `role:NAME`, `group:NAME`, or `internal` on a service desk, not `{text}`"
            )),
        }
    }
}

impl Audience {
    /// This audience, or the present restriction where it is [`Self::Everybody`]: an update that leaves it out might
    /// lift it.
    #[must_use]
    pub fn or(self, present: Option<&Visibility>) -> Self {
        match (self, present) {
            (Self::Everybody, Some(kept)) => Self::Only(kept.clone()),
            (wanted, _) => wanted,
        }
    }

    /// People with this role.
    #[must_use]
    pub fn of_role(name: &str) -> Self {
        Self::Only(Visibility { kind: "role".into(), value: Some(name.into()), identifier: None })
    }

    /// The name of the role, where it is one.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::Only(visibility) if visibility.kind == "role" => visibility.value.as_deref(),
            _ => None,
        }
    }

    /// Puts the restriction into the body of a write.
    pub(in crate::jira) fn apply(&self, body: &mut Value) {
        match self {
            Self::Everybody => {}
            Self::Only(visibility) => body["visibility"] = json!(visibility),
            Self::Agents => body["properties"] = json!([{ "key": INTERNAL, "value": { "internal": true } }]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_read_in_the_form_in_which_it_is_shown() {
        let read = |text: &str| Audience::try_from(text.to_owned());
        for shown in ["role:Service Desk Team", "group:site-admins"] {
            let Ok(Audience::Only(visibility)) = read(shown) else { panic!("{shown}") };
            assert_eq!(format!("{}:{}", visibility.kind, visibility.value.unwrap()), shown);
        }
        assert_eq!(read("Role: Developers").unwrap().role(), Some("Developers"));
        assert_eq!(read("internal").unwrap(), Audience::Agents);
        for text in ["Developers", "role:", "", "team:x", "internal:x"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
