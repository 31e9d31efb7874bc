//! A split of long Markdown between blocks.

use pulldown_cmark::{Event, Options, Parser};

/// Cuts Markdown after at most `max_chars` characters, between two blocks if there is such a place; a first block
/// that is longer is cut at the end of a line, or if it has none so early, in the line. Head and rest together
/// are the text.
#[must_use]
pub fn split(markdown: &str, max_chars: usize) -> (&str, &str) {
    let Some((limit, _)) = markdown.char_indices().nth(max_chars) else { return (markdown, "") };
    let mut depth = 0usize;
    let mut open = 0usize;
    let mut cut = 0;
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        if range.start > limit {
            break;
        }
        if depth == 0 && open == 0 {
            cut = range.start;
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Html(html) if depth == 1 => {
                open = (open + html.matches('<').count())
                    .saturating_sub(2 * html.matches("</").count() + void_tags(&html));
            }
            Event::Code(code) if depth == 1 => {
                if code.starts_with("adf:") && code.as_bytes().get(8) == Some(&b'+') {
                    open += 1;
                } else if &*code == "/adf" {
                    open = open.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
    if cut == 0 {
        cut = markdown[..limit].rfind('\n').map_or(limit, |at| at + 1);
    }
    markdown.split_at(cut)
}

/// The number of tags that have no end.
fn void_tags(html: &str) -> usize {
    ["<br", "<hr", "<card", "<embed"].iter().map(|tag| html.matches(tag).count()).sum()
}
