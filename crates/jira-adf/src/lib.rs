//! Atlassian Document Format and Markdown, both ways, without losing a word.
//!
//! [`to_markdown`] writes a [`Document`] as Markdown, and [`from_markdown`] makes the same document of it again, up
//! to the form that [`canonical()`] writes down. That holds for every document that Atlassian's schema accepts, and
//! for nodes, marks and attributes that it does not know yet. It knows no HTTP and nothing else of this crate.
//!
//! # The Markdown
//!
//! `CommonMark` and the tables and strikethrough of GitHub come first, then forms that people know, then tags with
//! ADF's names, then sealed forms. What ADF has is on the left.
//!
//! | ADF | Markdown |
//! | --- | --- |
//! | `paragraph`, `heading`, `blockquote`, `rule`, `codeBlock`, lists | as in `CommonMark`; an empty paragraph is `<br>` on its own |
//! | `hardBreak` | a backslash at the line's end; `<br>` where there is one line only |
//! | `strong`, `em`, `strike`, `code` | `**a**`, `_a_`, `~~a~~`, `` `a` ``; where Markdown would not read these, `<b>`, `<i>`, `<s>`, `<code>` |
//! | `underline`, `subsup` | `<u>`, `<sub>`, `<sup>` |
//! | `link` | `[text](address "title")`; `<https://...>` if the text is the address; with more attributes `<a href=...>` |
//! | `textColor`, `backgroundColor`, `annotation` | `<font color=#ff5630>`, `<mark color=#fedec8>`, `<annotation id=...>` |
//! | `inlineCard` | the bare address; `[](address)` where a bare one would not be read whole |
//! | `mention` | `@[Name](accountid:ID)`, again `@[Name]` |
//! | `emoji` | `:name:` for those with a common name, else `<emoji id=... text=...>:name:</emoji>` |
//! | `status`, `date`, `placeholder` | `<status green>DONE</status>`, `<date>2026-01-31</date>`, `<placeholder>text</placeholder>` |
//! | `taskList`, `taskItem` | `- [ ] text`, `- [x] text`; lists under an item belong to it, under `- [>]` to none |
//! | `blockTaskItem` | a task with several paragraphs; `<p></p>` behind the box if that could not be seen |
//! | `decisionList`, `decisionItem` | `- [decision] text`, `- [decision:STATE] text` |
//! | `panel` | `> [!NOTE]` info, `[!TIP]` tip, `[!IMPORTANT]` note, `[!WARNING]` warning, `[!CAUTION]` error, `[!SUCCESS]` success; else `<panel type=custom color=... icon=...>` |
//! | `expand`, `nestedExpand` | `<details>`, `<summary>Title</summary>`, blocks, `</details>` |
//! | `table` | as on GitHub if each cell is a line; a first row of empty cells says that there is no header; else `<table>`, `<tr>`, `<th>`, `<td>` around blocks. `<table layout=wide width=760 head=column colwidths=90,170>` around a Markdown table has what it cannot say |
//! | `mediaSingle` | `![alt](attachment:ID)` or `![alt](address)`, then `<media w=800 h=600 layout=wide width=50>`, then `<caption>text</caption>` |
//! | `mediaGroup` | lines of `[name](attachment:ID)`; the same in a line of text is `mediaInline` |
//! | `blockCard`, `embedCard` | `<card url=...>`, `<embed url=... layout=...>` |
//! | `layoutSection`, `layoutColumn` | `<layout>` around `<column width=50>` |
//! | `alignment`, `indentation`, `fontSize` | `<div align=center indent=1 size=small>` around the blocks; of whole table columns `:-:` and `-:` |
//! | `breakout` | `breakout=wide breakout-width=900` in the tag, or behind the language of code |
//! | `border`, `dataConsumer` of media | `border=2:#ff0000`, `sources=...` in `<media>` |
//! | `extension`, `inlineExtension`, `syncBlock`, and whatever is unknown or contradicts itself | sealed |
//! | `bodiedExtension`, `bodiedSyncBlock` | sealed, around their blocks |
//! | attributes and marks that the form of a block lacks | sealed, around the block |
//!
//! A file may also go by its name, as `![](shot.png)` or `[log](app.log)`: [`files`] finds such names for whoever can ask
//! Jira for the ids, [`with_files`] puts these in.
//!
//! Tags around blocks stand alone on their lines, with blank lines between them and the blocks. A backslash keeps
//! any of this from being read: `\<u>`, `\:tada:`, `https\://`. Text keeps each of its characters: line ends and
//! blanks that Markdown would drop are written as `&#10;` and `&#32;`.
//!
//! A sealed form is a code span that starts with `adf:` and a checksum, such as
//! `` `adf:7q2f extension key=toc type=com.example` ``; `` `/adf` `` ends one that encloses blocks. It may be moved
//! or removed; one that was changed is refused.
//!
//! # Limits
//!
//! Numbers have to fit a double, text has to be Unicode (so no lone surrogates), and nodes nest at most
//! [`MAX_DEPTH`] deep; deeper ones are refused.

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
mod marks;
mod node;
mod read;
mod seal;
mod split;
mod tag;
mod text;
mod value;
mod write;

use std::fmt;

pub use canonical::canonical;
pub use check::check;
pub use files::{FileName, files, is_media_id, with_files};
pub use node::{AttrValue, Attrs, Content, Document, Kind, MAX_DEPTH, Mark, MarkKind, Marks, Node};
pub use read::{Parsed, from_markdown};
pub use split::split;
pub use text::Text;
pub use write::to_markdown;

/// The forms beyond common Markdown, for a model that writes.
pub const GUIDE: &str = "GitHub's Markdown, and: panels `> [!NOTE]` (TIP, IMPORTANT, WARNING, CAUTION, SUCCESS); \
`<details>`, `<summary>Title</summary>`, blocks, `</details>`; `@[Name]` or `@[mail]` mentions a person; a bare \
address is a smart link; `![](shot.png)` shows an attached file; `:tada:`; `- [ ]` tasks; `- [decision] text`; `<status green>DONE</status>` (neutral, purple, \
blue, red, yellow, green); `<date>2026-01-31</date>`; `<font color=#ff5630>`, `<u>`, `<sub>`; `<div align=center>`; \
`<layout>` around `<column width=50>`. Tags around blocks stand on lines of their own between blank lines. Code that \
starts with `adf:` is what Markdown cannot say: move or delete it, never change it; `/adf` ends one around blocks.";

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdfError {
    /// The JSON is not an object of type `doc`.
    NotADocument,
    /// Not such as Jira takes.
    Invalid {
        /// The place, as a JSON pointer.
        at: String,
        /// What is wrong there, such as "is an empty text".
        problem: String,
    },
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
