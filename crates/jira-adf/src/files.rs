//! Files that a text names plainly, as in `![](shot.png)`. ADF wants the id that a file has in Jira's media store, which
//! only Jira can tell: here the names are found, and the ids put in their place.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::media_id::is_uuid;

/// Prefix of a file's id or name.
const ATTACHMENT: &str = "attachment:";

/// A file that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileName {
    /// The file's name or id, as it is written.
    pub name: String,
    /// False for a plain link, which may lead elsewhere.
    pub is_surely_file: bool,
}

/// The files that a text names plainly, each once, in order.
#[must_use]
pub fn files(markdown: &str) -> Vec<FileName> {
    let mut files: Vec<FileName> = Vec::new();
    for FileReference { file, .. } in file_references(markdown) {
        match files.iter_mut().find(|known| known.name == file.name) {
            Some(known) => known.is_surely_file |= file.is_surely_file,
            None => files.push(file),
        }
    }
    files
}

/// The text with the ids of these files in place of their names.
#[must_use]
pub fn with_files<S: std::hash::BuildHasher>(markdown: &str, ids: &HashMap<String, String, S>) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut done = 0;
    for FileReference { file, label, address } in file_references(markdown) {
        let Some(id) = ids.get(&file.name) else { continue };
        out.push_str(&markdown[done..label.end]);
        if label.is_empty() {
            push_escaped(&mut out, &file.name);
        }
        out.push_str(&markdown[label.end..address.start]);
        out.push_str(ATTACHMENT);
        out.push_str(id);
        done = address.end;
    }
    out.push_str(&markdown[done..]);
    out
}

/// True where this is the id of a file in Jira's media store.
#[must_use]
pub fn is_media_id(id: &str) -> bool {
    is_uuid(id)
}

/// A place where a file is named.
struct FileReference {
    file: FileName,
    /// The range of the words in the brackets.
    label: Range<usize>,
    /// The range of the name, with its angle brackets.
    address: Range<usize>,
}

/// The places in order. Those in a block of HTML, and those that refer to an address elsewhere, are not looked for.
fn file_references(markdown: &str) -> Vec<FileReference> {
    if !markdown.contains("](") {
        return Vec::new();
    }
    let mut file_references = Vec::new();
    // The links and images that are open: the file, all that they span, and their words so far.
    let mut open: Vec<(Option<FileName>, Range<usize>, Range<usize>)> = Vec::new();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        let image = matches!(event, Event::Start(Tag::Image { .. }));
        match event {
            Event::Start(Tag::Image { link_type, dest_url, .. } | Tag::Link { link_type, dest_url, .. }) => {
                let file = (link_type == LinkType::Inline).then(|| file_name(&dest_url, image)).flatten();
                let words = range.start + if image { 2 } else { 1 };
                open.push((file, range, words..words));
            }
            Event::End(TagEnd::Image | TagEnd::Link) => {
                if let Some((Some(file), whole, words)) = open.pop() {
                    file_references.extend(file_reference(markdown, file, whole.end, words));
                }
                if let Some((_, _, words)) = open.last_mut() {
                    words.end = range.end;
                }
            }
            _ => {
                if let Some((_, _, words)) = open.last_mut() {
                    words.end = words.end.max(range.end);
                }
            }
        }
    }
    file_references.sort_by_key(|file_reference| file_reference.address.start);
    file_references
}

/// The place of a link that ends at `end`, from where the words in its brackets are known to reach.
fn file_reference(markdown: &str, file: FileName, end: usize, words: Range<usize>) -> Option<FileReference> {
    let label = words.start..words.end + markdown.get(words.end..end)?.find("](")?;
    let inner = markdown.get(label.end + 2..end)?;
    let start = end - inner.trim_start().len();
    let address = &markdown[start..end];
    let length = if address.starts_with('<') {
        address.find('>')? + 1
    } else {
        address.find(char::is_whitespace).unwrap_or(address.len() - 1)
    };
    Some(FileReference { file, label, address: start..start + length })
}

/// The file that an address names.
fn file_name(address: &str, image: bool) -> Option<FileName> {
    if let Some(name) = address.strip_prefix(ATTACHMENT) {
        let is_name = !name.is_empty() && !is_uuid(name);
        return is_name.then(|| FileName { name: name.to_owned(), is_surely_file: true });
    }
    let name = address.strip_prefix("./").unwrap_or(address);
    let plain =
        !name.is_empty() && !name.contains(['/', '\\', ':', '#', '?']) && (image || name.contains('.'));
    plain.then(|| FileName { name: name.to_owned(), is_surely_file: image })
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_ascii_punctuation() && c != '.' && c != '-' {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6e7a1f0c-1111-4222-8333-444455556666";

    fn put(markdown: &str) -> String {
        let ids =
            files(markdown).into_iter().map(|file| (file.name, ID.to_owned())).collect::<HashMap<_, _>>();
        with_files(markdown, &ids)
    }

    #[test]
    fn names_give_way_to_ids_wherever_a_file_is_named() {
        for (markdown, expected) in [
            ("![](shot.png)", "![shot.png](attachment:ID)"),
            ("![](my_shot.png)", "![my\\_shot.png](attachment:ID)"),
            ("see ![a *b*](./shot.png \"Title\") there", "see ![a *b*](attachment:ID \"Title\") there"),
            ("[log](log.txt), [log](log.txt)", "[log](attachment:ID), [log](attachment:ID)"),
            ("- a\n  - ![x](< my shot.png >)", "- a\n  - ![x](attachment:ID)"),
            ("![x](shot%202.png)", "![x](attachment:ID)"),
            ("[![x](a.png)](b.txt)", "[![x](attachment:ID)](attachment:ID)"),
            ("![x](attachment:shot.png) ![y](attachment:10012)", "![x](attachment:ID) ![y](attachment:ID)"),
            ("![a \\] b [c]](shot.png)", "![a \\] b [c]](attachment:ID)"),
            ("| a |\n|---|\n| ![x](shot.png) |", "| a |\n|---|\n| ![x](attachment:ID) |"),
        ] {
            assert_eq!(put(markdown), expected.replace("ID", ID), "{markdown}");
        }
    }

    #[test]
    fn all_other_addresses_stay() {
        for markdown in [
            "![x](https://example.com/a.png) [y](/browse/A-1) [z](#top) [w](mailto:a@b.c) [v](docs/a.md)",
            "`![x](shot.png)`",
            "```\n![x](shot.png)\n```",
            "![x](attachment:6e7a1f0c-1111-4222-8333-444455556666)",
            "[todo](later)",
            "![x][1]\n\n[1]: shot.png",
            "no link ](shot.png)",
            "![]()",
        ] {
            assert_eq!(files(markdown), [], "{markdown}");
        }
    }

    #[test]
    fn an_image_is_a_file_and_a_link_perhaps() {
        let found = files("[a](a.txt) ![b](b.png) [c](attachment:c.txt) ![a](a.txt)");
        let sure: Vec<_> = found.iter().map(|file| (file.name.as_str(), file.is_surely_file)).collect();
        assert_eq!(sure, [("a.txt", true), ("b.png", true), ("c.txt", true)]);
        assert!(!files("[a](a.txt)")[0].is_surely_file);
    }
}
