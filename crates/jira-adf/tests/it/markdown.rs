//! Markdown as models write it: never a panic, always a document or a clear error, and the text kept.

use jira_adf::{self as adf, AdfError, Document};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::Value;

use super::generate::Gen;
use super::hostile;
use super::properties::{any_document, any_markdown};

/// The number of cases with which each property is tried. More with `ADF_CASES`.
fn cases() -> u64 {
    std::env::var("ADF_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(512)
}

/// Markdown from a generated document with some of its lines changed.
pub(super) fn mutated(seed: u64) -> String {
    let value = Gen::new(seed).document();
    let markdown = adf::to_markdown(&Document::from_value(&value).expect("a legal document"));
    let mut chance = Gen::new(!seed);
    let mut lines: Vec<String> = markdown.lines().map(str::to_owned).collect();
    for _ in 0..=chance.below(4) {
        if lines.is_empty() {
            break;
        }
        let at = chance.below(lines.len());
        match chance.below(6) {
            0 => drop(lines.remove(at)),
            1 => {
                let to = chance.below(lines.len());
                let line = lines[at].clone();
                lines.insert(to, line);
            }
            2 => {
                let lead = chance.pick(&[
                    "- ",
                    "> ",
                    "    ",
                    "1. ",
                    "  ",
                    "# ",
                    "- [ ] ",
                    "> [!NOTE]\n> ",
                    "| ",
                    "<td>",
                ]);
                lines[at].insert_str(0, lead);
            }
            3 => {
                let line = chance.string();
                lines.insert(at, line);
            }
            4 => {
                let indent = lines[at].len() - lines[at].trim_start().len();
                lines[at].drain(..indent);
            }
            _ => {
                let ends: Vec<usize> = lines[at].char_indices().map(|(end, _)| end).collect();
                if !ends.is_empty() {
                    let end = ends[chance.below(ends.len())];
                    lines[at].truncate(end);
                }
            }
        }
    }
    lines.join("\n")
}

/// Every string in a value, one after the other.
fn strings(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push_str(text);
            out.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(map) => map.values().for_each(|item| strings(item, out)),
        _ => {}
    }
}

/// Words that are part of a form.
const FORMS: [&str; 6] = ["NOTE", "IMPORTANT", "WARNING", "CAUTION", "SUCCESS", "decision"];

/// The words that a reader of Markdown sees, by the parser's own account.
fn words(markdown: &str) -> Vec<String> {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(part) | Event::Code(part) if !part.starts_with("adf:") => {
                text.push_str(&part);
                text.push(' ');
            }
            Event::End(_) | Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| {
            word.len() > 3 && word.contains(|c: char| c.is_ascii_alphabetic()) && !FORMS.contains(word)
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn changed_markdown_keeps_its_words() {
    for seed in 0..3000 {
        let markdown = mutated(seed);
        let Ok(parsed) = adf::from_markdown(&markdown) else { continue };
        let mut kept = String::new();
        strings(&parsed.document.to_value(), &mut kept);
        let kept: String = kept.chars().filter(char::is_ascii_alphanumeric).collect();
        // A state in a box and code with odd line ends are spelled in their own ways.
        if markdown.contains("[decision:") || markdown.contains("text=escaped") {
            continue;
        }
        for word in words(&markdown) {
            assert!(
                kept.contains(&word),
                "seed {seed}: {word:?} is lost from\n{markdown}\n{}",
                parsed.document.to_value()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: u32::try_from(cases()).unwrap_or(u32::MAX), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_a_document(text in "(?s).{0,200}") {
        any_markdown(&text);
    }

    #[test]
    fn any_markup_makes_a_document(text in r"[-*_`~#>|\\\[\]()<>!:@&; \n\tab1.]{0,120}") {
        any_markdown(&text);
    }

    #[test]
    fn any_choices_make_a_document_that_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        any_document(&bytes);
    }
}

#[test]
fn changed_markdown_makes_a_document_that_comes_back() {
    for seed in 0..cases() {
        any_markdown(&mutated(seed));
    }
}

/// Runs on a stack of half of what a thread of the product has.
fn on_a_small_stack(run: fn()) {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn hostile_text_ends_in_a_document_or_a_clear_error() {
    on_a_small_stack(|| {
        for (name, make) in hostile::TEXTS {
            match adf::from_markdown(&make(500_000)) {
                Ok(parsed) => drop(adf::to_markdown(&parsed.document)),
                Err(error) => {
                    assert!(matches!(error, AdfError::TooDeep | AdfError::BrokenSeal(_)), "{name}: {error}");
                }
            }
        }
    });
}

#[test]
fn hostile_documents_come_back() {
    on_a_small_stack(|| {
        for (name, make) in hostile::TREES {
            let document = Document::from_value(&make(10_000)).expect("a document");
            let back = adf::from_markdown(&adf::to_markdown(&document)).expect(name);
            assert_eq!(adf::canonical(&back.document), adf::canonical(&document), "{name}");
        }
    });
}

#[test]
fn json_of_any_depth_is_refused_in_words() {
    on_a_small_stack(|| {
        let levels = 100_000;
        let open = r#"{"type":"bulletList","content":["#.repeat(levels);
        let text = format!(r#"{{"type":"doc","version":1,"content":[{open}{}]}}"#, "]}".repeat(levels));
        let error = serde_json::from_str::<Document>(&text).expect_err("too deep");
        assert!(error.to_string().contains("recursion limit"), "{error}");
    });
}

#[test]
fn deep_documents_are_refused_in_words() {
    let nest = |levels: usize| {
        let mut node =
            serde_json::json!({"type": "paragraph", "content": [{"type": "text", "text": "deep"}]});
        for _ in 0..levels {
            let item = serde_json::json!({"type": "listItem", "content": [node]});
            node = serde_json::json!({"type": "bulletList", "content": [item]});
        }
        super::doc(serde_json::json!([node]))
    };
    let deep = Document::from_value(&nest(28)).unwrap();
    let back = adf::from_markdown(&adf::to_markdown(&deep)).unwrap();
    assert_eq!(adf::canonical(&back.document), adf::canonical(&deep));
    let mut deepest = serde_json::json!({"type": "paragraph"});
    for level in 0..59 {
        let kind = if level % 2 == 0 { "listItem" } else { "bulletList" };
        deepest = serde_json::json!({"type": kind, "content": [deepest]});
    }
    let deepest = super::doc(serde_json::json!([{"type": "blockquote", "content": deepest["content"]}]));
    let deepest = Document::from_value(&deepest).unwrap();
    let back = adf::from_markdown(&adf::to_markdown(&deepest)).unwrap();
    assert_eq!(adf::canonical(&back.document), adf::canonical(&deepest), "as deep as may be");
    let error = Document::from_value(&nest(100)).unwrap_err();
    assert_eq!(error, AdfError::TooDeep);
    assert!(error.to_string().contains("60 levels"), "{error}");
    let quotes = (0..50).fold(
        serde_json::json!({"type": "rule"}),
        |inner, _| serde_json::json!({"type": "blockquote", "content": [inner]}),
    );
    let odd = Document::from_value(&super::doc(serde_json::json!([quotes]))).unwrap();
    let back = adf::from_markdown(&adf::to_markdown(&odd)).unwrap();
    assert_eq!(
        adf::canonical(&back.document),
        adf::canonical(&odd),
        "what the schema refuses is kept as well"
    );
}
