#![doc = include_str!("../README.md")]

mod address;
mod attrs;
mod canonical;
mod check;
mod content;
mod date;
pub mod edit;
mod emoji;
mod files;
mod grammar;
mod markdown_reader;
mod markdown_writer;
mod marks;
mod node;
mod seal;
mod split;
mod tag;
mod text;
mod value;

use std::fmt;

pub use canonical::canonical;
pub use check::check;
pub use files::{FileName, files, is_media_id, with_files};
pub use markdown_reader::{Parsed, from_markdown};
pub use markdown_writer::to_markdown;
pub use node::{AttrValue, Attrs, Content, Document, Kind, MAX_DEPTH, Mark, MarkKind, Marks, Node};
pub use split::split;
pub use text::Text;

/// The forms beyond common Markdown, for a model that writes.
pub const GUIDE: &str = "GitHub's Markdown, and: panels `> [!NOTE]` (TIP, IMPORTANT, WARNING, CAUTION, SUCCESS); \
`<details>`, `<summary>Title</summary>`, blocks, `</details>`; `@[Name]` or `@[mail]` mentions a person; a bare \
address is a smart link; `![](shot.png)` shows an attached file; `:tada:`; `- [ ]` tasks; `- [decision] text`; `<status green>DONE</status>` (neutral, purple, \
blue, red, yellow, green); `<date>2026-01-31</date>`; `<font color=#ff5630>`, `<u>`, `<sub>`; `<div align=center>`; \
`<layout>` around `<column width=50>`. Tags around blocks stand on lines of their own between blank lines. Code that \
starts with `adf:` is what Markdown cannot say: move or delete it, never change it; `/adf` ends one around blocks.";

/// A failure to read a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdfError {
    /// The JSON is not an object of type `doc`.
    NotADocument,
    /// The document is not such as Jira takes.
    Invalid {
        /// The place, as a JSON pointer.
        at: String,
        /// The fault, such as "is an empty text".
        problem: String,
    },
    /// The document is nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A sealed form (its start is given) is not as it was read.
    BrokenSeal(String),
    /// A block of this kind stands where it cannot.
    Misplaced(&'static str),
    /// The text mentions people whose account is not known.
    UnknownMentions(Vec<String>),
}

impl fmt::Display for AdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADocument => {
                f.write_str("not an Atlassian document: expected an object with type \"doc\"")
            }
            Self::Invalid { at, problem } => {
                write!(
                    f,
                    "the ADF is not valid: the node at {} {problem}",
                    if at.is_empty() { "/" } else { at }
                )
            }
            Self::TooDeep => {
                write!(f, "the text is nested deeper than {MAX_DEPTH} levels; flatten lists or quotes")
            }
            Self::BrokenSeal(start) => write!(
                f,
                "`{start}` was changed: copy an `adf:` placeholder exactly as it was read, or leave it out. The \
                 forms that can be written: {GUIDE}"
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
