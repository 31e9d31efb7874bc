//! The failures of this crate.

use std::fmt;

use super::guide::GUIDE;
use super::node::MAX_DEPTH;

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
