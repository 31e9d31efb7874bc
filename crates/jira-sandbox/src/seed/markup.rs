//! The little markup in which the seed's texts are written, made into Atlassian Documents.
//!
//! Blocks, each on lines of its own: `# heading`, `- bullet` and `1. number` (two spaces deeper nest), `[ ]`/`[x]`
//! tasks, `<> decision`, `> quote`, `||head|head` and `|cell|cell` rows, fenced code, `----`, `!image name`,
//! `!files name name`, `!paste name.log` for 60 lines of a log, `!raw {"type": ...}` for a block as it is, `card URL`; `:: info`, `:: warning` and so on open a panel, `:: expand Title`, `:: quote` and
//! `:: columns` (parted by `:|`) open theirs, and `::` closes. Other lines are paragraphs; a line end within one is a
//! hard break.
//!
//! In a line: `**strong**`, `_em_`, `~~strike~~`, `` `code` ``, `[text](URL)`, `@nick`, `{status text:colour}`,
//! `{day:-3}`, `{#rrggbb:coloured}`, `:emoji:`, `<URL>` and `<DEMO-1>` as smart links.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use super::{files, people};
use crate::{adf, world::media_id};

/// Address of the seeded site, for smart links to its own issues.
const SITE: &str = "https://demo-shop.atlassian.net";

/// Makes a document of a text.
pub(super) fn document(text: &str, now: Timestamp) -> Value {
    let mut lines = text.trim_matches('\n').lines().collect::<Vec<_>>().into_iter().peekable();
    let mut reader = Reader { now, ids: 0 };
    let content = reader.blocks(&mut lines);
    let mut doc = json!({ "type": "doc", "version": 1, "content": content });
    adf::normalise(&mut doc);
    doc
}

type Lines<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

struct Reader {
    now: Timestamp,
    ids: u32,
}

impl Reader {
    /// A `localId`, the same for the same text.
    fn local_id(&mut self) -> String {
        self.ids += 1;
        format!("5eed{:04x}-0000-4000-8000-{:012x}", self.ids, u64::from(self.ids) * 0x5851_f42d)
    }

    /// Reads blocks up to the end of the container, whose closing line it takes too.
    fn blocks(&mut self, lines: &mut Lines<'_>) -> Vec<Value> {
        let mut blocks = Vec::new();
        while let Some(line) = lines.next() {
            let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
            let block = match mark {
                "" if rest.is_empty() => continue,
                "::" if rest.is_empty() => break,
                "::" => self.container(rest, lines),
                "#" | "##" | "###" => {
                    json!({ "type": "heading", "attrs": { "level": mark.len() }, "content": self.inline(rest) })
                }
                "----" => json!({ "type": "rule" }),
                ">" => json!({ "type": "blockquote", "content": [self.paragraph(&[rest])] }),
                "!image" => media_single(rest),
                "!files" => {
                    let media: Vec<_> = rest.split(' ').map(media).collect();
                    json!({ "type": "mediaGroup", "content": media })
                }
                "!paste" => code_block("log", files::log(rest, 60).trim_end()),
                "!raw" => serde_json::from_str(rest).unwrap_or_else(|error| panic!("{error} in {rest}")),
                "card" => json!({ "type": "blockCard", "attrs": { "url": rest } }),
                "-" | "1." => self.list(line, 0, lines),
                "[" | "[x]" => self.tasks(line, lines),
                "<>" => {
                    let (list, item) = (self.local_id(), self.local_id());
                    json!({ "type": "decisionList", "attrs": { "localId": list }, "content": [{
                        "type": "decisionItem", "attrs": { "localId": item, "state": "DECIDED" },
                        "content": self.inline(rest) }] })
                }
                _ if line.starts_with('|') => self.table(line, lines),
                _ if line.starts_with("```") => code(&line[3..], lines),
                _ => {
                    let mut text = vec![line];
                    while let Some(next) = lines.next_if(|next| is_text(next)) {
                        text.push(next);
                    }
                    self.paragraph(&text)
                }
            };
            blocks.push(block);
        }
        blocks
    }

    fn container(&mut self, head: &str, lines: &mut Lines<'_>) -> Value {
        let (kind, title) = head.split_once(' ').unwrap_or((head, ""));
        if kind == "columns" {
            let mut columns = Vec::new();
            let mut column = Vec::new();
            while let Some(line) = lines.next().filter(|line| *line != "::") {
                if line == ":|" {
                    columns.push(std::mem::take(&mut column));
                } else {
                    column.push(line);
                }
            }
            columns.push(column);
            let width = 100.0 / if columns.len() == 2 { 2.0 } else { 3.0 };
            let columns: Vec<_> = columns
                .into_iter()
                .map(|column| {
                    let content = self.blocks(&mut column.into_iter().peekable());
                    json!({ "type": "layoutColumn", "attrs": { "width": width }, "content": content })
                })
                .collect();
            return json!({ "type": "layoutSection", "content": columns });
        }
        let content = self.blocks(lines);
        match kind {
            "expand" => json!({ "type": "expand", "attrs": { "title": title }, "content": content }),
            "quote" => json!({ "type": "blockquote", "content": content }),
            _ => json!({ "type": "panel", "attrs": { "panelType": kind }, "content": content }),
        }
    }

    fn paragraph(&self, lines: &[&str]) -> Value {
        let mut content = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                content.push(json!({ "type": "hardBreak" }));
            }
            content.extend(self.inline(line));
        }
        json!({ "type": "paragraph", "content": content })
    }

    /// A list whose items stand `depth` levels deep.
    fn list(&mut self, first: &str, depth: usize, lines: &mut Lines<'_>) -> Value {
        let ordered = first.trim_start().starts_with("1.");
        let mut items: Vec<Vec<Value>> = Vec::new();
        let mut line = Some(first);
        while let Some(item) = line {
            let (_, text) = item.trim_start().split_once(' ').unwrap_or_default();
            let mut content = vec![self.paragraph(&[text])];
            if let Some(nested) = lines.next_if(|next| list_depth(next).is_some_and(|d| d > depth)) {
                content.push(self.list(nested, depth + 1, lines));
            }
            items.push(content);
            line = lines.next_if(|next| list_depth(next) == Some(depth));
        }
        let items: Vec<_> =
            items.into_iter().map(|content| json!({ "type": "listItem", "content": content })).collect();
        if ordered {
            json!({ "type": "orderedList", "attrs": { "order": 1 }, "content": items })
        } else {
            json!({ "type": "bulletList", "content": items })
        }
    }

    fn tasks(&mut self, first: &str, lines: &mut Lines<'_>) -> Value {
        let list = self.local_id();
        let mut items = Vec::new();
        let mut line = Some(first);
        while let Some(task) = line {
            let (state, text) = match task.strip_prefix("[x] ") {
                Some(text) => ("DONE", text),
                None => ("TODO", task.trim_start_matches("[ ] ")),
            };
            items.push(json!({ "type": "taskItem", "attrs": { "localId": self.local_id(), "state": state },
                "content": self.inline(text) }));
            line = lines.next_if(|next| next.starts_with("[ ] ") || next.starts_with("[x] "));
        }
        json!({ "type": "taskList", "attrs": { "localId": list }, "content": items })
    }

    fn table(&self, first: &str, lines: &mut Lines<'_>) -> Value {
        let mut rows = Vec::new();
        let mut line = Some(first);
        while let Some(row) = line {
            let (kind, cells) = match row.strip_prefix("||") {
                Some(cells) => ("tableHeader", cells),
                None => ("tableCell", &row[1..]),
            };
            let cells: Vec<_> = cells
                .split('|')
                .map(|cell| json!({ "type": kind, "attrs": {}, "content": [self.paragraph(&[cell.trim()])] }))
                .collect();
            rows.push(json!({ "type": "tableRow", "content": cells }));
            line = lines.next_if(|next| next.starts_with('|'));
        }
        json!({ "type": "table", "attrs": { "isNumberColumnEnabled": false, "layout": "default" }, "content": rows })
    }

    /// The inline nodes of one line.
    fn inline(&self, text: &str) -> Vec<Value> {
        let mut nodes = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            // A mark opens at the start of a word only: `snake_case` and `a@b` stay as they are.
            let at_word = !plain.ends_with(char::is_alphanumeric);
            if let Some((special, length)) = self.special(rest, at_word) {
                if !plain.is_empty() {
                    nodes.push(json!({ "type": "text", "text": std::mem::take(&mut plain) }));
                }
                nodes.extend(special);
                rest = &rest[length..];
            } else {
                plain.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        if !plain.is_empty() {
            nodes.push(json!({ "type": "text", "text": plain }));
        }
        nodes
    }

    /// The nodes that a special form at the start of `text` makes, and its length.
    fn special(&self, text: &str, at_word: bool) -> Option<(Vec<Value>, usize)> {
        let between = |open: &str, close: &str| {
            let inner = text.strip_prefix(open)?;
            let end = inner.find(close).filter(|end| *end > 0 && !inner.starts_with(' '))?;
            Some((&inner[..end], open.len() + end + close.len()))
        };
        if let Some((code, length)) = between("`", "`") {
            return Some((
                vec![json!({ "type": "text", "text": code, "marks": [{ "type": "code" }] })],
                length,
            ));
        }
        for (sign, mark) in [("**", "strong"), ("~~", "strike"), ("_", "em")] {
            if let Some((inner, length)) = between(sign, sign).filter(|_| at_word) {
                return Some((self.marked(inner, &json!({ "type": mark })), length));
            }
        }
        if let Some((inner, length)) = between("[", ")").filter(|(inner, _)| inner.contains("](")) {
            let (label, url) = inner.split_once("](")?;
            let mark = json!({ "type": "link", "attrs": { "href": url } });
            return Some((self.marked(label, &mark), length));
        }
        if let Some((inner, length)) = between("<", ">") {
            let url = match inner.split_once('-') {
                _ if inner.starts_with("https://") => inner.to_owned(),
                Some((project, number)) if number.parse::<u32>().is_ok() => {
                    format!("{SITE}/browse/{project}-{number}")
                }
                _ => return None,
            };
            return Some((vec![json!({ "type": "inlineCard", "attrs": { "url": url } })], length));
        }
        if let Some((inner, length)) = between("{", "}") {
            return Some((self.braced(inner)?, length));
        }
        if let Some((name, length)) = between(":", ":").filter(|_| at_word) {
            let (_, id, sign) = EMOJI.iter().find(|(known, ..)| *known == name)?;
            let attrs = json!({ "shortName": format!(":{name}:"), "id": id, "text": sign });
            return Some((vec![json!({ "type": "emoji", "attrs": attrs })], length));
        }
        let nick = text.strip_prefix('@').filter(|_| at_word)?;
        let nick = &nick[..nick.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(nick.len())];
        let person = people::find(nick)?;
        let attrs =
            json!({ "id": person.account_id, "text": format!("@{}", person.name), "accessLevel": "" });
        Some((vec![json!({ "type": "mention", "attrs": attrs })], nick.len() + 1))
    }

    fn marked(&self, text: &str, mark: &Value) -> Vec<Value> {
        let mut nodes = self.inline(text);
        for node in nodes.iter_mut().filter(|node| node["type"] == "text") {
            match node["marks"].as_array_mut() {
                Some(marks) => marks.push(mark.clone()),
                None => node["marks"] = json!([mark]),
            }
        }
        nodes
    }

    /// `day:-3`, `#rrggbb:text` or `status text:colour`.
    fn braced(&self, inner: &str) -> Option<Vec<Value>> {
        let (head, tail) = inner.rsplit_once(':')?;
        if head == "day" {
            let day = self
                .now
                .to_zoned_datetime(TimeZone::UTC)
                .date()
                .saturating_add(tail.parse::<i32>().ok()?.days());
            let at = day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_millisecond();
            return Some(vec![json!({ "type": "date", "attrs": { "timestamp": at.to_string() } })]);
        }
        if head.starts_with('#') {
            let mark = json!({ "type": "textColor", "attrs": { "color": head } });
            return Some(vec![json!({ "type": "text", "text": tail, "marks": [mark] })]);
        }
        let known = ["neutral", "purple", "blue", "red", "yellow", "green"].contains(&tail);
        let attrs = json!({ "text": head, "color": tail, "style": "bold" });
        known.then(|| vec![json!({ "type": "status", "attrs": attrs })])
    }
}

/// Names, ids and signs of the emoji in use.
const EMOJI: [(&str, &str, &str); 8] = [
    ("tada", "1f389", "🎉"),
    ("warning", "26a0", "⚠️"),
    ("white_check_mark", "2705", "✅"),
    ("eyes", "1f440", "👀"),
    ("thumbsup", "1f44d", "👍"),
    ("fire", "1f525", "🔥"),
    ("pray", "1f64f", "🙏"),
    ("rocket", "1f680", "🚀"),
];

/// True where a line goes on with a paragraph.
fn is_text(line: &str) -> bool {
    let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
    let opens = [
        "::", "#", "##", "###", "----", ">", "!image", "!files", "!paste", "!raw", "card", "-", "1.", "[",
        "[x]", "<>",
    ];
    !(opens.contains(&mark)
        || mark.is_empty() && rest.is_empty()
        || line.starts_with('|')
        || line.starts_with("```"))
}

/// The depth of a list's item; none for other lines.
fn list_depth(line: &str) -> Option<usize> {
    let text = line.trim_start();
    (text.starts_with("- ") || text.starts_with("1. ")).then(|| (line.len() - text.len()) / 2)
}

fn code(language: &str, lines: &mut Lines<'_>) -> Value {
    let text: Vec<_> = lines.take_while(|line| !line.starts_with("```")).collect();
    code_block(language, &text.join("\n"))
}

fn code_block(language: &str, text: &str) -> Value {
    let attrs = if language.is_empty() { json!({}) } else { json!({ "language": language }) };
    json!({ "type": "codeBlock", "attrs": attrs, "content": [{ "type": "text", "text": text }] })
}

fn media_single(name: &str) -> Value {
    let mut media = media(name);
    media["attrs"]["width"] = 640.into();
    media["attrs"]["height"] = 360.into();
    json!({ "type": "mediaSingle", "attrs": { "layout": "center" }, "content": [media] })
}

/// A file of Jira's media store, where ids have nothing to do with those of attachments.
fn media(name: &str) -> Value {
    let id = media_id(name, 0);
    json!({ "type": "media", "attrs": { "type": "file", "id": id, "collection": "", "alt": name } })
}
