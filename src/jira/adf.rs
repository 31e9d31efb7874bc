//! Atlassian Document Format and Markdown, both ways, without losing a word.

mod address;
mod canonical;
mod date;
pub mod edit;
mod emoji;
mod grammar;
mod node;
mod read;
mod seal;
mod split;
mod tag;
mod value;
mod write;

use std::fmt;

pub use canonical::canonical;
pub use node::{Attrs, Document, Kind, MAX_DEPTH, Mark, MarkKind, Node};
pub use read::{Parsed, from_markdown};
pub use split::split;
pub use write::to_markdown;

/// The forms beyond common Markdown, for a model that writes.
pub const GUIDE: &str = "Markdown as on GitHub, and: panels `> [!NOTE]` (NOTE info, TIP, IMPORTANT note, WARNING, \
CAUTION error, SUCCESS); `<details>`, `<summary>Title</summary>`, blank line, blocks, `</details>`; `@[Name]` or \
`@[mail]` mentions a person, `@[Name](accountid:ID)` as read; a bare address is a smart link; `:emoji:`; \
`- [decision] text`; `<status green>DONE</status>` (neutral, purple, blue, red, yellow, green); \
`<date>2026-01-31</date>`; `<font color=#ff5630>`, `<mark color=#fedec8>`, `<u>`, `<sub>`, `<sup>`; \
`<div align=center>`, `<layout>` with `<column width=50>`: tags around blocks stand on their own lines between blank \
lines. Code that starts with `adf:` is something Markdown cannot say: move or delete it, never change it; \
`/adf` ends one that encloses blocks.";

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdfError {
    /// The JSON is not an object of type `doc`.
    NotADocument,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A sealed form (its start is given) is not as it was read.
    BrokenSeal(String),
    /// A block of this kind stands where it cannot.
    Misplaced(&'static str),
    /// People whose account is not known.
    UnknownMentions(Vec<String>),
}

impl fmt::Display for AdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADocument => {
                f.write_str("not an Atlassian document: expected an object with type \"doc\"")
            }
            Self::TooDeep => {
                write!(f, "the text is nested deeper than {MAX_DEPTH} levels; flatten lists or quotes")
            }
            Self::BrokenSeal(start) => write!(
                f,
                "`{start}` was changed: copy an `adf:` placeholder exactly as it was read, or leave it out"
            ),
            Self::Misplaced(kind) => {
                write!(
                    f,
                    "a {kind} cannot stand there: put its `adf:` placeholder on a line of its own between blocks"
                )
            }
            Self::UnknownMentions(names) => {
                write!(f, "no single account is known for @[{}]", names.join("], @["))
            }
        }
    }
}

impl std::error::Error for AdfError {}
