//! The policy that tells which tools there are for a client, and why the others are not.

use std::collections::BTreeSet;

use super::tool_entry::ToolEntry;
use crate::config::Gates;
use crate::error::{Error, Result};
use crate::nearest;

/// The operator's word on each tool.
#[derive(Debug, Clone)]
pub struct Policy {
    on: BTreeSet<String>,
    read_only: bool,
}

impl Policy {
    /// Makes the gates effective over all tools: toolsets, then single tools added, then tools
    /// excluded, then read-only, which beats all.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for a name that no tool or toolset has, with the nearest ones.
    pub fn new(gates: &Gates, tools: &[ToolEntry]) -> Result<Self> {
        let known_toolsets: BTreeSet<&str> = tools.iter().map(|tool| tool.toolset).collect();
        let mut on = BTreeSet::new();
        let toolsets = match (&gates.toolsets, &gates.tools) {
            (Some(names), _) => names.clone(),
            (None, Some(_)) => vec![],
            (None, None) => vec!["default".to_owned()],
        };
        for name in &toolsets {
            let name = ours(name);
            let fits = |tool: &&ToolEntry| match name {
                "all" => tool.toolset != "raw",
                "default" => tool.default,
                _ => tool.toolset == name,
            };
            if !matches!(name, "all" | "default") && !known_toolsets.contains(name) {
                pass_over(
                    gates,
                    unknown("toolset", name, known_toolsets.iter().copied().chain(["default", "all"])),
                )?;
            }
            on.extend(tools.iter().filter(fits).map(|tool| tool.name.clone()));
        }
        let known = |name: &str| {
            let name = ours(name);
            tools
                .iter()
                .find(|tool| tool.name == name)
                .map(|tool| tool.name.clone())
                .ok_or_else(|| unknown("tool", name, tools.iter().map(|tool| tool.name.as_str())))
        };
        for name in gates.tools.iter().flatten() {
            match known(name) {
                Ok(name) => {
                    on.insert(name);
                }
                Err(error) => pass_over(gates, error)?,
            }
        }
        for name in &gates.exclude_tools {
            on.remove(&known(name)?);
        }
        if on.is_empty() && gates.foreign {
            return Err(Error::at_start(
                "none of the tools and toolsets that are named is one of this server's",
                "`mcp-server-jira tools` lists ours; set JIRA_TOOLSETS or JIRA_TOOLS.",
            ));
        }
        if gates.read_only {
            on.retain(|name| tools.iter().any(|tool| tool.reads() && tool.name == *name));
        }
        Ok(Self { on, read_only: gates.read_only })
    }

    /// A policy of these gates on top of this one: they take away, and never add.
    ///
    /// # Errors
    /// As [`Policy::new`].
    pub fn narrowed(&self, gates: &Gates, tools: &[ToolEntry]) -> Result<Self> {
        let mut other = Self::new(gates, tools)?;
        other.on.retain(|name| self.on.contains(name));
        other.read_only |= self.read_only;
        Ok(other)
    }

    /// True where a client may see and call the tool.
    #[must_use]
    pub fn allows(&self, tool: &str) -> bool {
        self.on.contains(tool)
    }

    /// Refuses a tool that is off, also where a client calls it without having seen it.
    ///
    /// # Errors
    /// [`Error::Refused`] with the reason.
    pub fn check(&self, tool: &str, reads: bool) -> Result<()> {
        if self.allows(tool) {
            return Ok(());
        }
        Err(if self.read_only && !reads {
            Error::Refused {
                problem: format!("`{tool}` is off: this server is read-only"),
                hint: "Tell the user what you would have changed.".into(),
            }
        } else {
            Error::Refused {
                problem: format!("`{tool}` is switched off on this server"),
                hint: "The operator can turn it on with --toolsets or --tools.".into(),
            }
        })
    }
}

/// An unknown name stops the start, unless it stands in a variable that another server reads too.
fn pass_over(gates: &Gates, error: Error) -> Result<()> {
    if !gates.foreign {
        return Err(error);
    }
    tracing::warn!("{error} {}", error.hint().unwrap_or_default());
    Ok(())
}

/// Our name for what users of mcp-atlassian wrote: their tools begin with `jira_`.
fn ours(name: &str) -> &str {
    name.strip_prefix("jira_").unwrap_or(name)
}

fn unknown<'a>(kind: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let names: Vec<&str> = names.collect();
    let near = nearest::names(name, names.iter().copied());
    // There are few toolsets, and the nearest in letters is seldom the nearest in meaning.
    let fix = match kind {
        "toolset" => format!("There are: {}.", names.join(", ")),
        _ if near.is_empty() => "`mcp-server-jira tools` lists them.".to_owned(),
        _ => format!("Did you mean: {}? `mcp-server-jira tools` lists them.", near.join(", ")),
    };
    Error::at_start(format!("there is no {kind} `{name}`"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Access;

    fn tools() -> Vec<ToolEntry> {
        [
            ("get_issue", "issues", true, Access::Read),
            ("create_issue", "issues", true, Access::Write),
            ("rank_issues", "agile", false, Access::Write),
            ("request_jira", "raw", false, Access::Destroy),
        ]
        .map(|(name, toolset, default, access)| ToolEntry::for_tests(name, toolset, default, access))
        .to_vec()
    }

    fn on(
        toolsets: Option<&str>,
        add: Option<&str>,
        exclude: &[&str],
        read_only: bool,
    ) -> Result<Vec<String>> {
        let split = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let gates = Gates {
            read_only,
            toolsets: toolsets.map(split),
            tools: add.map(split),
            exclude_tools: exclude.iter().map(|name| (*name).to_owned()).collect(),
            ..Gates::default()
        };
        Policy::new(&gates, &tools()).map(|policy| policy.on.into_iter().collect())
    }

    #[test]
    fn gates_apply_in_their_order() {
        assert_eq!(on(None, None, &[], false).unwrap(), ["create_issue", "get_issue"]);
        assert_eq!(on(Some("all"), None, &[], false).unwrap(), ["create_issue", "get_issue", "rank_issues"]);
        assert_eq!(on(None, Some("jira_get_issue"), &[], false).unwrap(), ["get_issue"]);
        assert_eq!(on(Some("agile"), Some("get_issue"), &["rank_issues"], false).unwrap(), ["get_issue"]);
        assert_eq!(on(Some("all"), Some("request_jira"), &[], true).unwrap(), ["get_issue"]);
    }

    #[test]
    fn names_that_only_another_server_has_are_passed_over_in_its_variables() {
        let gates = |names: &[&str]| Gates {
            toolsets: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            foreign: true,
            ..Gates::default()
        };
        let policy = Policy::new(&gates(&["jira_issues", "confluence_pages"]), &tools()).unwrap();
        assert!(policy.allows("get_issue"));
        assert!(Policy::new(&gates(&["confluence_pages"]), &tools()).is_err());
    }

    #[test]
    fn an_unknown_name_stops_the_start_with_the_nearest() {
        let error = on(None, Some("get_isue"), &[], false).unwrap_err();
        assert!(error.hint().unwrap().contains("get_issue"), "{error:?}");
        assert!(on(Some("agil"), None, &[], false).unwrap_err().hint().unwrap().contains("agile"));
    }
}
