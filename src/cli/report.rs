//! Findings as a person reads them: one line each, green or with what mends it.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use serde::Serialize;

use crate::config;
use crate::error::{Error, Reader};

/// State of what was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// All is as it should be.
    Ok,
    /// It works, and could be better.
    Warning,
    /// It does not work.
    Problem,
}

/// Finding of a check.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Finding {
    /// The name of the check.
    pub(super) check: String,
    pub(super) state: State,
    /// The finding, without a final stop.
    pub(super) found: String,
    /// The remedy; nothing where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check: check.into(), state: State::Ok, found: found.into(), fix: None }
    }

    pub(super) fn warning(
        check: impl Into<String>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { check: check.into(), state: State::Warning, found: found.into(), fix: Some(fix.into()) }
    }

    /// True for what does not work.
    pub(super) fn is_problem(&self) -> bool {
        self.state == State::Problem
    }

    pub(super) fn failed(check: impl Into<String>, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: State::Problem, ..Self::warning(check, found, fix) }
    }

    pub(super) fn problem(check: impl Into<String>, error: &Error) -> Self {
        let found = error.problem_for(Reader::Shell);
        Self {
            check: check.into(),
            state: State::Problem,
            found: found.strip_suffix('.').unwrap_or(&found).to_owned(),
            fix: error.hint_for(Reader::Shell),
        }
    }
}

/// The findings as lines, in colour where `colour` says so.
pub(super) fn lines(findings: &[Finding], colour: bool) -> String {
    let width = findings.iter().map(|finding| finding.check.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { check, state, found, fix } in findings {
        let (mark, code) = match state {
            State::Ok => ("✓", "32"),
            State::Warning => ("!", "33"),
            State::Problem => ("✗", "31"),
        };
        let mark = if colour { format!("\x1b[{code}m{mark}\x1b[0m") } else { mark.to_owned() };
        let _ = writeln!(text, "{mark} {check:<width$}  {found}");
        if let Some(fix) = fix {
            let _ = writeln!(text, "  {:<width$}  → {fix}", "");
        }
    }
    text
}

/// True where stdout shows colours, and nobody asked for none.
pub(super) fn in_colour() -> bool {
    std::io::stdout().is_terminal() && config::environment("NO_COLOR").is_none_or(|value| value.is_empty())
}
