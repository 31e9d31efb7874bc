//! Departures of the real Jira from its own documents, each with the evidence.
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
    /// The real behaviour, and how it is known.
    #[expect(dead_code, reason = "for whoever reads the list, and for `Debug`")]
    reason: &'static str,
}

impl Departure {
    /// A field of a reply that the documents do not know.
    const fn field(operation: &'static str, pointer: &'static str, reason: &'static str) -> Self {
        Self { operation, side: Side::Reply, status: None, pointer, rule: "additionalProperties", reason }
    }

    /// A null in a reply where the documents know none.
    const fn null(operation: &'static str, pointer: &'static str, reason: &'static str) -> Self {
        Self { operation, side: Side::Reply, status: Some(200), pointer, rule: "null", reason }
    }

    /// A status that the documents do not mention.
    const fn status(operation: &'static str, status: u16, reason: &'static str) -> Self {
        Self { operation, side: Side::Reply, status: Some(status), pointer: "", rule: "status", reason }
    }

    /// A field of a request that the documents require under a name that they do not describe.
    const fn asked(operation: &'static str, pointer: &'static str, reason: &'static str) -> Self {
        Self { operation, side: Side::Request, status: None, pointer, rule: "required", reason }
    }

    /// The same for one status only.
    const fn of(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// True where this entry covers the fault.
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

const UNTRANSLATED: &str = "recorded 2026-04: named things also carry their name in the site's own language";
const ENTITY_ID: &str = "recorded 2026-04: a team-managed project carries its entity id";
const GATEWAY: &str = "reported many times: the gateway's own errors are {code, message}";
const NO_VALUE: &str =
    "recorded: from, fromString, to and toString of a change are null where there was no value";
const LOCATION: &str = "the documents' own example gives the project of a board with key, id, self and name";
const GONE: &str = "reported many times since 2025: removed, and answered with the way to the new search";
const NOT_FOUND: &str = "the documents forget the status, not the case";
const MISSPELT: &str = "the documents describe and show this field under another name than they require it";

/// All known differences.
pub(crate) const DEPARTURES: &[Departure] = &[
    Departure::field("GET /rest/api/3/field", "/*/untranslatedName", UNTRANSLATED),
    Departure::field("POST /rest/api/3/field", "/untranslatedName", UNTRANSLATED),
    Departure::field("GET /rest/api/3/issuetype", "/*/untranslatedName", UNTRANSLATED),
    Departure::field("GET /rest/api/3/issuetype/{id}", "/untranslatedName", UNTRANSLATED),
    Departure::field("GET /rest/api/3/issuetype/project", "/*/untranslatedName", UNTRANSLATED),
    Departure::field(
        "GET /rest/api/3/issue/createmeta",
        "/projects/*/issuetypes/*/untranslatedName",
        UNTRANSLATED,
    ),
    Departure::field(
        "GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes",
        "/issueTypes/*/untranslatedName",
        UNTRANSLATED,
    ),
    Departure::field("GET /rest/api/3/project/search", "/values/*/entityId", ENTITY_ID),
    Departure::field("GET /rest/api/3/project/{projectIdOrKey}", "/entityId", ENTITY_ID),
    Departure::field(
        "GET /rest/api/3/project/{projectIdOrKey}",
        "/projectKeys",
        "the documents offer `expand=projectKeys` and forget the field that it brings",
    ),
    Departure::field(
        "GET /rest/api/3/resolution/search",
        "/values/*/isDefault",
        "the documents' own example has it, their schema calls it `default`",
    ),
    Departure::field("GET /rest/api/3/serverInfo", "/defaultLocale", "recorded: the language of the site"),
    Departure {
        operation: "*",
        side: Side::Reply,
        status: Some(401),
        pointer: "",
        rule: "media type",
        reason: "recorded: the site answers a missing or wrong sign-in with one line of plain text",
    },
    Departure::field("GET /rest/agile/1.0/board/{boardId}/configuration", "/location/*", LOCATION),
    Departure::null("GET /rest/api/3/issue/{issueIdOrKey}", "/changelog/histories/*/items/*/*", NO_VALUE),
    Departure::null("GET /rest/api/3/search/jql", "/issues/*/changelog/histories/*/items/*/*", NO_VALUE),
    Departure::null("POST /rest/api/3/search/jql", "/issues/*/changelog/histories/*/items/*/*", NO_VALUE),
    Departure::null(
        "POST /rest/api/3/issue/bulkfetch",
        "/issues/*/changelog/histories/*/items/*/*",
        NO_VALUE,
    ),
    Departure::null("GET /rest/api/3/issue/{issueIdOrKey}/changelog", "/values/*/items/*/*", NO_VALUE),
    Departure {
        operation: "PUT /rest/api/3/issue/{issueIdOrKey}/assignee",
        side: Side::Request,
        status: None,
        pointer: "/accountId",
        rule: "null",
        reason: "the documents' own text says that null takes the assignee away",
    },
    Departure::asked("POST /rest/api/3/bulk/issues/move", "/targetToMultipleSourceMapping", MISSPELT),
    Departure::asked(
        "POST /rest/api/3/bulk/issues/move",
        "/targetToSourcesMapping/*/issueIdOrKeys",
        MISSPELT,
    ),
    Departure::field("*", "/code", GATEWAY).of(401),
    Departure::field("*", "/message", GATEWAY).of(401),
    Departure::status("GET /rest/api/3/search", 410, GONE),
    Departure::status("POST /rest/api/3/search", 410, GONE),
    Departure::status("GET /rest/api/3/user", 400, "a missing accountId is refused as everywhere"),
    Departure::status("GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes", 404, NOT_FOUND),
];
