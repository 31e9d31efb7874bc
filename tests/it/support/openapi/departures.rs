//! Where the real Jira differs from its own documents, each with the evidence.
//!
//! The contract tests accept these differences and no others. They also fail when an entry is no longer met by
//! anything that they see, so that the list cannot outlive its reasons.

use super::{Fault, Side};

/// One known difference.
#[derive(Debug)]
pub(crate) struct Departure {
    /// Method and path template, or `*` for all.
    operation: &'static str,
    side: Side,
    /// Status of the reply; `None` for any.
    status: Option<u16>,
    /// JSON pointer, where `*` stands for one segment.
    pointer: &'static str,
    rule: &'static str,
    /// What is really so, and how it is known.
    #[expect(dead_code, reason = "for whoever reads the list, and for `Debug`")]
    reason: &'static str,
}

impl Departure {
    /// A field of a reply of this status that the documents do not know.
    const fn extra(
        operation: &'static str,
        status: u16,
        pointer: &'static str,
        reason: &'static str,
    ) -> Self {
        Self {
            operation,
            side: Side::Reply,
            status: Some(status),
            pointer,
            rule: "additionalProperties",
            reason,
        }
    }

    /// Whether this entry covers the fault.
    pub(crate) fn excuses(&self, fault: &Fault) -> bool {
        (self.operation == "*" || self.operation == fault.operation)
            && self.side == fault.side
            && self.status.is_none_or(|status| status == fault.status)
            && self.rule == fault.rule
            && pointer_matches(self.pointer, &fault.pointer)
    }
}

fn pointer_matches(pattern: &str, pointer: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), pointer.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == "*" || a == b => {}
            _ => return false,
        }
    }
}

const UNTRANSLATED: &str =
    "recorded 2026-04: every named thing carries its name in the site's own language too";
const ENTITY_ID: &str = "recorded 2026-04: a team-managed project carries its entity id";

/// All known differences.
pub(crate) const DEPARTURES: &[Departure] = &[
    Departure::extra("GET /rest/api/3/field", 200, "/*/untranslatedName", UNTRANSLATED),
    Departure::extra("GET /rest/api/3/issuetype", 200, "/*/untranslatedName", UNTRANSLATED),
    Departure::extra("GET /rest/api/3/issuetype/{id}", 200, "/untranslatedName", UNTRANSLATED),
    Departure::extra(
        "GET /rest/api/3/issue/createmeta",
        200,
        "/projects/*/issuetypes/*/untranslatedName",
        UNTRANSLATED,
    ),
    Departure::extra("GET /rest/api/3/project/search", 200, "/values/*/entityId", ENTITY_ID),
];
