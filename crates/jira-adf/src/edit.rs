//! Edits that keep what they do not touch.

mod reuse;

use std::collections::HashSet;
use std::fmt;

use super::error::AdfError;
use super::markdown_reader::Parsed;
use super::markdown_reader::{people, read, with_ids};
use super::markdown_writer::to_markdown;
use super::node::Document;
use super::seal;

/// One replacement: `old` must stand exactly once in the document's Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Text that stands there.
    pub old: String,
    /// Text that replaces it.
    pub new: String,
}

/// The reason why an edit was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// `old` is empty.
    Empty,
    /// `old` does not stand in the text; these lines are most like it.
    NotFound {
        /// The text that was looked for.
        old: String,
        /// Lines of the text, the most similar first.
        near: Vec<String>,
    },
    /// `old` stands there this many times.
    Ambiguous {
        /// The text that was looked for.
        old: String,
        /// The number of places where it was found.
        count: usize,
    },
    /// Two edits want the same place.
    Overlap(String),
    /// The new text could not be read.
    Document(AdfError),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("`old` is empty: give text that stands in the document"),
            Self::NotFound { old, near } if near.is_empty() => {
                write!(f, "not found: {old:?}; read the text again")
            }
            Self::NotFound { old, near } => {
                write!(f, "not found: {old:?}; most like it: {}", near.join(" / "))
            }
            Self::Ambiguous { old, count } => {
                write!(f, "found {count} times: {old:?}; give more of the text around it")
            }
            Self::Overlap(old) => write!(f, "two edits overlap at {old:?}; make them one"),
            Self::Document(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EditError {}

impl From<AdfError> for EditError {
    fn from(error: AdfError) -> Self {
        Self::Document(error)
    }
}

/// Applies edits to the Markdown of a document; blocks that they leave alone keep their ADF.
pub fn apply_edits(document: &Document, edits: &[Edit]) -> Result<Parsed, EditError> {
    Ok(replace(document, &edited(document, edits)?)?)
}

/// The Markdown of a document with edits applied.
pub fn edited(document: &Document, edits: &[Edit]) -> Result<String, EditError> {
    let markdown = to_markdown(document);
    let mut places = Vec::new();
    for edit in edits {
        if edit.old.is_empty() {
            return Err(EditError::Empty);
        }
        let mut found = markdown.match_indices(&edit.old);
        match (found.next(), found.count()) {
            (None, _) => {
                return Err(EditError::NotFound {
                    old: edit.old.clone(),
                    near: similar_lines(&markdown, &edit.old),
                });
            }
            (Some((at, _)), 0) => places.push((at, edit)),
            (Some(_), more) => return Err(EditError::Ambiguous { old: edit.old.clone(), count: more + 1 }),
        }
    }
    places.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(markdown.len());
    let mut done = 0;
    for (at, edit) in places {
        if at < done {
            return Err(EditError::Overlap(edit.old.clone()));
        }
        out.push_str(&markdown[done..at]);
        out.push_str(&edit.new);
        done = at + edit.old.len();
    }
    out.push_str(&markdown[done..]);
    Ok(out)
}

/// A new text in place of an old one. Blocks that say the same as before keep their ADF, with ids and attributes,
/// also where they moved; a block that changed keeps its own id and whatever in it did not change.
pub fn replace(old: &Document, markdown: &str) -> Result<Parsed, AdfError> {
    let mut parsed = read(markdown)?;
    if !parsed.mentions.is_empty() {
        // Who was in the text before is known by name.
        parsed.fill(&people(old));
    }
    reuse::reuse_unchanged(&mut parsed.document.content, &old.content);
    with_ids(&mut parsed, markdown);
    Ok(parsed)
}

/// A short hash of a document: another one if any of its Markdown is another.
#[must_use]
pub fn version(document: &Document) -> String {
    seal::checksum(&to_markdown(document), 8)
}

/// Lines that a miss shows, and characters of each.
const MAX_SIMILAR_LINES: usize = 3;
const MAX_SIMILAR_LINE_CHARS: usize = 160;

/// The lines of a text that share most with what was looked for.
fn similar_lines(markdown: &str, old: &str) -> Vec<String> {
    // The first line of words decides: what follows it stands near it.
    let wanted = old.lines().find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or(old);
    let wanted = trigrams(&wanted.chars().take(MAX_SIMILAR_LINE_CHARS * 2).collect::<String>());
    let mut scored: Vec<(usize, &str)> = markdown
        .lines()
        .filter_map(|line| {
            let own = trigrams(line);
            let shared = own.intersection(&wanted).count();
            let score = 1000 * 2 * shared / (own.len() + wanted.len()).max(1);
            (score > 300).then_some((score, line))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.truncate(MAX_SIMILAR_LINES);
    scored.into_iter().map(|(_, line)| line.chars().take(MAX_SIMILAR_LINE_CHARS).collect()).collect()
}

/// The groups of three letters in a text, without regard to case, blanks and signs.
fn trigrams(text: &str) -> HashSet<[char; 3]> {
    let letters: Vec<char> =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.windows(3).map(|three| [three[0], three[1], three[2]]).collect()
}
