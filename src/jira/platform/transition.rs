//! Transitions of an issue, and the one that a name means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::AllowedIssue;
use crate::jira::Client;
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::values::field::loose;
use crate::jira::values::screen::{Screen, ScreenField, keyed};

operations! {
    /// Ways that an issue can move now.
    LIST = Operation::get(Api::Platform, "issue/{issue}/transitions")
        .scopes(READ_WORK, "read:issue.transition:jira read:status:jira read:field-configuration:jira");
    /// Statuses of the site.
    LIST_STATUSES = Operation::get(Api::Platform, "status")
        .scopes(READ_WORK, "read:status:jira");
}

/// A status.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Numeric id.
    #[serde(default)]
    pub id: String,
    /// Name in the account's language.
    #[serde(default)]
    pub name: String,
    /// Name in the site's language, in lists of statuses only.
    #[serde(default)]
    pub untranslated_name: Option<String>,
}

/// A transition from an issue's present status to another.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transition {
    /// Numeric id.
    pub id: String,
    /// Its name, such as `Start review`.
    #[serde(default)]
    pub name: String,
    /// The status that it leads to.
    #[serde(default)]
    pub to: Status,
    /// True where it shows a screen, on which a comment can be made too.
    #[serde(default)]
    pub has_screen: bool,
    /// The fields of that screen.
    #[serde(default, deserialize_with = "keyed")]
    pub fields: Screen,
}

impl Transition {
    /// The transition as an error offers it beside others to the same status.
    fn offered(&self) -> String {
        let required: Vec<String> = self
            .fields
            .0
            .iter()
            .filter(|field| field.must_be_given())
            .map(ScreenField::with_values)
            .collect();
        if required.is_empty() {
            return format!("`{}`", self.name);
        }
        format!("`{}`, which requires {}", self.name, required.join(", "))
    }
}

/// The names of the site's statuses by id, as they are cached.
enum StatusNames {}

impl CacheKind for StatusNames {
    type Key = ();
    type Value = BTreeMap<String, String>;
}

impl Client {
    /// The transitions that this account can take an issue through now, with the fields of their screens.
    ///
    /// # Errors
    /// As every request.
    pub async fn transitions(&self, issue: &AllowedIssue) -> Result<Vec<Transition>> {
        #[derive(Deserialize)]
        struct Reply {
            transitions: Vec<Transition>,
        }
        let mut reply: Reply =
            self.send(LIST.request([issue.as_str()]).query("expand", "transitions.fields")).await?.json()?;
        for transition in &mut reply.transitions {
            self.remove_hidden_projects(&mut transition.fields);
        }
        Ok(reply.transitions)
    }

    /// The transition that `given` means: by the target status, by its own name, or by id.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] with the ways that there are, and where the issue is.
    pub async fn transition_to(&self, issue: &AllowedIssue, given: &str) -> Result<Transition> {
        let mut transitions = self.transitions(issue).await?;
        let wanted = loose(given);
        let by = |fits: &dyn Fn(&Transition) -> bool| -> Vec<usize> {
            transitions.iter().enumerate().filter(|(_, t)| fits(t)).map(|(at, _)| at).collect()
        };
        let mut found = by(&|t| loose(&t.to.name) == wanted);
        if found.len() != 1 {
            // A name of its own tells ways to one status apart, too.
            let named = by(&|t| loose(&t.name) == wanted);
            if named.len() == 1 || found.is_empty() {
                found = named;
            }
        }
        if found.is_empty() {
            found = by(&|t| t.id == given.trim());
        }
        if found.is_empty() && !transitions.is_empty() {
            let names = self.status_names().await?;
            found = by(&|t| names.get(&t.to.id).is_some_and(|name| loose(name) == wanted));
        }
        match found.as_slice() {
            [at] => Ok(transitions.swap_remove(*at)),
            [] => Err(self.impossible(issue, given, &transitions).await?),
            several => Err(Error::Unresolved {
                kind: "transition",
                given: given.to_owned(),
                candidates: several.iter().map(|at| transitions[*at].offered()).collect(),
                ambiguous: true,
            }),
        }
    }

    /// The error for an issue that is in this status already, or that no transition takes there.
    async fn impossible(
        &self,
        issue: &AllowedIssue,
        given: &str,
        transitions: &[Transition],
    ) -> Result<Error> {
        let present = self.issue(issue, &["status".to_owned()], &BTreeSet::new()).await?.issue;
        let status = present.fields.get("status").and_then(|status| status["name"].as_str()).unwrap_or("?");
        if loose(status) == loose(given) {
            let problem = ArgumentProblem::AlreadyInStatus { issue: present.key, status: status.to_owned() };
            return Ok(InvalidArgument::parameter("to", problem).into());
        }
        let problem = ArgumentProblem::NoTransition {
            from: status.to_owned(),
            to: given.to_owned(),
            possible: transitions.iter().map(|t| format!("{} ({})", t.name, t.to.name)).collect(),
            issue: present.key,
        };
        Ok(InvalidArgument::parameter("to", problem).into())
    }

    /// The names of the site's statuses in the site's language, by id.
    ///
    /// # Errors
    /// As every request.
    pub async fn status_names(&self) -> Result<Arc<BTreeMap<String, String>>> {
        let fetch = || async {
            let statuses: Vec<Status> = self.send(LIST_STATUSES.request([])).await?.json()?;
            let names = statuses.into_iter().map(|s| (s.id, s.untranslated_name.unwrap_or(s.name)));
            Ok(names.collect())
        };
        self.site.caches.of::<StatusNames>().get((), fetch).await
    }
}
