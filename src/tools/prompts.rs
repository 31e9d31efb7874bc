//! Prompts that teams use each day: what to find out with which calls, and what to write of it.
//!
//! Each names the exact calls, so that a model gets them right at the first try, and only calls of tools that are on.

mod texts;

use crate::server::{CompletionKind, PromptTemplate, optional, required};

/// The prompts, in the order of the list.
pub(super) const PROMPTS: &[PromptTemplate] = &[
    PromptTemplate {
        name: "standup",
        title: "Stand-up",
        about: "What changed since yesterday, as a stand-up: done, doing, blocked",
        arguments: &[
            optional("project", CompletionKind::Project, "Project key; default: all projects"),
            optional(
                "person",
                CompletionKind::Person,
                "Whose stand-up; default: yours, or the team's where a project is given",
            ),
            optional("since", CompletionKind::Free, "As in JQL: -1d, -8h, 2026-03-02; default: -1d"),
        ],
        required_tools: &["search_issues", "list_changes"],
        text: texts::standup,
    },
    PromptTemplate {
        name: "sprint_review",
        title: "Sprint review",
        about: "What a sprint achieved, what is left and why, what came in later",
        arguments: &[
            required("project", CompletionKind::Project, "Project key"),
            optional("sprint", CompletionKind::Sprint, "Name of the sprint; default: the one that runs"),
        ],
        required_tools: &["search_issues", "list_changes"],
        text: texts::sprint_review,
    },
    PromptTemplate {
        name: "triage_bugs",
        title: "Bug triage",
        about: "New bugs with severity, duplicates and what to do; changes only after your word",
        arguments: &[
            required("project", CompletionKind::Project, "Project key"),
            optional("status", CompletionKind::Status, "Only bugs in this status; default: not begun"),
            optional("jql", CompletionKind::Jql, "Only bugs that fit this too"),
        ],
        required_tools: &["search_issues", "get_issue"],
        text: texts::triage_bugs,
    },
    PromptTemplate {
        name: "release_notes",
        title: "Release notes",
        about: "What is new, better and fixed in a version, in the words of its users",
        arguments: &[
            required("project", CompletionKind::Project, "Project key"),
            required("version", CompletionKind::Version, "Name of the version"),
        ],
        required_tools: &["search_issues", "get_issue"],
        text: texts::release_notes,
    },
    PromptTemplate {
        name: "split_epic",
        title: "Split an epic",
        about: "Stories that make up an epic, with acceptance criteria; created only after your word",
        arguments: &[required("epic", CompletionKind::Epic, "Key of the epic")],
        required_tools: &["get_issue"],
        text: texts::split_epic,
    },
];
