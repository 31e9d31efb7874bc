//! Each form of Markdown with the ADF that it stands for.

use jira_adf as adf;
use serde_json::{Value, json};

use super::{doc, document, markdown};

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn paragraph(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn words(words: &str) -> Value {
    paragraph(json!([text(words)]))
}

/// Both directions of forms that are the same both ways.
#[test]
#[expect(clippy::too_many_lines, reason = "one row for each form")]
fn forms_that_go_both_ways() {
    let item = |content: Value| json!({"type": "listItem", "content": content});
    let cell = |kind: &str, content: Value| json!({"type": kind, "content": content});
    for (form, blocks) in [
        ("## Scope", json!([{"type": "heading", "attrs": {"level": 2}, "content": [text("Scope")]}])),
        (
            "a **b** _c_ ~~d~~ `e`",
            json!([paragraph(json!([
                text("a "), {"type": "text", "text": "b", "marks": [{"type": "strong"}]}, text(" "),
                {"type": "text", "text": "c", "marks": [{"type": "em"}]}, text(" "),
                {"type": "text", "text": "d", "marks": [{"type": "strike"}]}, text(" "),
                {"type": "text", "text": "e", "marks": [{"type": "code"}]}
            ]))]),
        ),
        (
            "[docs](https://x.y/a \"A title\")",
            json!([paragraph(json!([
                {"type": "text", "text": "docs", "marks": [{"type": "link", "attrs": {"href": "https://x.y/a", "title": "A title"}}]}
            ]))]),
        ),
        (
            "see https://x.y/browse/A-1 now",
            json!([paragraph(json!([
                text("see "), {"type": "inlineCard", "attrs": {"url": "https://x.y/browse/A-1"}}, text(" now")
            ]))]),
        ),
        (
            "<https://x.y>",
            json!([paragraph(json!([
                {"type": "text", "text": "https://x.y", "marks": [{"type": "link", "attrs": {"href": "https://x.y"}}]}
            ]))]),
        ),
        ("literal https\\://x.y", json!([words("literal https://x.y")])),
        (
            "@[Ann Lee](accountid:5b10:a) :tada:",
            json!([paragraph(json!([
                {"type": "mention", "attrs": {"id": "5b10:a", "text": "@Ann Lee"}}, text(" "),
                {"type": "emoji", "attrs": {"shortName": ":tada:", "id": "1f389", "text": "🎉"}}
            ]))]),
        ),
        ("one\\\ntwo", json!([paragraph(json!([text("one"), {"type": "hardBreak"}, text("two")]))])),
        ("<br>", json!([{"type": "paragraph"}])),
        (
            "<status green>DONE</status> by <date>2026-11-23</date>",
            json!([paragraph(json!([
                {"type": "status", "attrs": {"text": "DONE", "color": "green"}}, text(" by "),
                {"type": "date", "attrs": {"timestamp": "1795392000000"}}
            ]))]),
        ),
        (
            "<font color=#ff5630>red</font> H<sub>2</sub>O",
            json!([paragraph(json!([
                {"type": "text", "text": "red", "marks": [{"type": "textColor", "attrs": {"color": "#ff5630"}}]}, text(" H"),
                {"type": "text", "text": "2", "marks": [{"type": "subsup", "attrs": {"type": "sub"}}]}, text("O")
            ]))]),
        ),
        ("> quoted", json!([{"type": "blockquote", "content": [words("quoted")]}])),
        (
            "> [!WARNING]\n> Hot",
            json!([{"type": "panel", "attrs": {"panelType": "warning"}, "content": [words("Hot")]}]),
        ),
        (
            "<panel type=custom color=#ffebe6 icon=:fire:>\n\nHot\n\n</panel>",
            json!([{"type": "panel", "attrs": {
            "panelType": "custom", "panelColor": "#ffebe6", "panelIcon": ":fire:"}, "content": [words("Hot")]}]),
        ),
        (
            "<details>\n<summary>Logs</summary>\n\ntext\n\n</details>",
            json!([
            {"type": "expand", "attrs": {"title": "Logs"}, "content": [words("text")]}]),
        ),
        (
            "- a\n  1. b\n- c",
            json!([{"type": "bulletList", "content": [
            item(json!([words("a"), {"type": "orderedList", "content": [item(json!([words("b")]))]}])),
            item(json!([words("c")]))]}]),
        ),
        (
            "7. a\n8. b",
            json!([{"type": "orderedList", "attrs": {"order": 7}, "content": [
            item(json!([words("a")])), item(json!([words("b")]))]}]),
        ),
        (
            "- [ ] a\n  - [x] b",
            json!([{"type": "taskList", "content": [
            {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [text("a")]},
            {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "DONE"}, "content": [text("b")]}]}]}]),
        ),
        (
            "- [decision] Ship",
            json!([{"type": "decisionList", "content": [
            {"type": "decisionItem", "attrs": {"state": "DECIDED"}, "content": [text("Ship")]}]}]),
        ),
        (
            "```rust\nfn main() {}\n```",
            json!([{"type": "codeBlock", "attrs": {"language": "rust"}, "content": [text("fn main() {}")]}]),
        ),
        ("---", json!([{"type": "rule"}])),
        (
            "| A | B |\n|---|-:|\n| 1 | a\\|b |",
            json!([{"type": "table", "content": [
            {"type": "tableRow", "content": [
                cell("tableHeader", json!([words("A")])),
                cell("tableHeader", json!([{"type": "paragraph", "content": [text("B")],
                    "marks": [{"type": "alignment", "attrs": {"align": "end"}}]}]))]},
            {"type": "tableRow", "content": [
                cell("tableCell", json!([words("1")])),
                cell("tableCell", json!([{"type": "paragraph", "content": [text("a|b")],
                    "marks": [{"type": "alignment", "attrs": {"align": "end"}}]}]))]}]}]),
        ),
        (
            "<table layout=wide width=960 isNumberColumnEnabled=true colwidths=90,642.5>\n\n| A | B |\n|---|---|\n\n</table>",
            json!([{"type": "table", "attrs": {"isNumberColumnEnabled": true, "width": 960, "layout": "wide"}, "content": [
            {"type": "tableRow", "content": [
                {"type": "tableHeader", "attrs": {"colwidth": [90]}, "content": [words("A")]},
                {"type": "tableHeader", "attrs": {"colwidth": [642.5]}, "content": [words("B")]}]}]}]),
        ),
        (
            "at 02:11 :tada:, 02:14:30",
            json!([paragraph(json!([
                text("at 02:11 "), {"type": "emoji", "attrs": {"shortName": ":tada:", "id": "1f389", "text": "🎉"}},
                text(", 02:14:30")
            ]))]),
        ),
        (
            "[logs](https://x.y/?a=1&from=2&copy\\&copy;)",
            json!([paragraph(json!([{"type": "text", "text": "logs", "marks": [
                {"type": "link", "attrs": {"href": "https://x.y/?a=1&from=2&copy&copy;"}}]}]))]),
        ),
        (
            "<table>\n<tr>\n<td colspan=2>\n\n- a\n\n</td>\n</tr>\n</table>",
            json!([{"type": "table", "content": [
            {"type": "tableRow", "content": [{"type": "tableCell", "attrs": {"colspan": 2}, "content": [
                {"type": "bulletList", "content": [item(json!([words("a")]))]}]}]}]}]),
        ),
        (
            "![shot.png](attachment:6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab)<media w=800 h=600>",
            json!([
            {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media", "attrs": {
                "type": "file", "id": "6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab", "collection": "", "alt": "shot.png",
                "width": 800, "height": 600}}]}]),
        ),
        (
            "[a.log](attachment:6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab)",
            json!([{"type": "mediaGroup", "content": [
            {"type": "media", "attrs": {"type": "file", "id": "6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab", "collection": "",
                "alt": "a.log"}}]}]),
        ),
        (
            "![logo](https://x.y/l.png)<caption>Our _logo_</caption>",
            json!([
            {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
                {"type": "media", "attrs": {"type": "external", "url": "https://x.y/l.png", "alt": "logo"}},
                {"type": "caption", "content": [text("Our "), {"type": "text", "text": "logo", "marks": [{"type": "em"}]}]}]}]),
        ),
        (
            "<div align=center>\n\nmid\n\n</div>",
            json!([{"type": "paragraph", "content": [text("mid")],
            "marks": [{"type": "alignment", "attrs": {"align": "center"}}]}]),
        ),
        (
            "<layout>\n\n<column width=50>\n\na\n\n</column>\n\n<column width=50>\n\nb\n\n</column>\n\n</layout>",
            json!([
            {"type": "layoutSection", "content": [
                {"type": "layoutColumn", "attrs": {"width": 50}, "content": [words("a")]},
                {"type": "layoutColumn", "attrs": {"width": 50}, "content": [words("b")]}]}]),
        ),
        ("<card url=https://x.y/b>", json!([{"type": "blockCard", "attrs": {"url": "https://x.y/b"}}])),
        (
            "snake_case, 2 * 3, a < b & c, [x] C:\\temp",
            json!([words("snake_case, 2 * 3, a < b & c, [x] C:\\temp")]),
        ),
        ("\\# not a heading", json!([words("# not a heading")])),
        ("1\\. not a list", json!([words("1. not a list")])),
    ] {
        let adf = doc(blocks);
        assert_eq!(markdown(&adf), form);
        assert_eq!(document(form), adf, "{form}");
    }
}

/// Forms that models and people write become the right documents.
#[test]
fn forms_that_are_read() {
    let strong = |text: &str| json!({"type": "text", "text": text, "marks": [{"type": "strong"}]});
    let item = |content: Value| json!({"type": "listItem", "content": content});
    for (form, blocks) in [
        ("Setext\n===", json!([{"type": "heading", "attrs": {"level": 1}, "content": [text("Setext")]}])),
        ("soft\nbreak", json!([words("soft break")])),
        ("<date>soon</date>", json!([words("<date>soon</date>")])),
        (
            "<https://a.b/:tada:>",
            json!([paragraph(json!([{
                "type": "text", "text": "https://a.b/:tada:",
                "marks": [{"type": "link", "attrs": {"href": "https://a.b/:tada:"}}]
            }]))]),
        ),
        ("two  \nspaces", json!([paragraph(json!([text("two"), {"type": "hardBreak"}, text("spaces")]))])),
        ("<b>html</b>", json!([paragraph(json!([strong("html")]))])),
        ("    indented", json!([{"type": "codeBlock", "content": [text("indented")]}])),
        (
            "~~~js title=\"x\"\na\n~~~",
            json!([{"type": "codeBlock", "attrs": {"language": "js"}, "content": [text("a")]}]),
        ),
        (
            "- # head",
            json!([{"type": "bulletList", "content": [item(json!([paragraph(json!([strong("head")]))]))]}]),
        ),
        ("> # head", json!([{"type": "blockquote", "content": [paragraph(json!([strong("head")]))]}])),
        (
            "> a\n> > b",
            json!([{"type": "blockquote", "content": [words("a")]}, {"type": "blockquote", "content": [words("b")]}]),
        ),
        (
            "1. a\n\n   | x |\n   |---|\n2. b",
            json!([
            {"type": "orderedList", "content": [item(json!([words("a")]))]},
            {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableHeader", "content": [words("x")]}]}]},
            {"type": "orderedList", "attrs": {"order": 2}, "content": [item(json!([words("b")]))]}]),
        ),
        (
            "- [ ] a\n- b",
            json!([
            {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "TODO"}, "content": [text("a")]}]},
            {"type": "bulletList", "content": [item(json!([words("b")]))]}]),
        ),
        (
            "# see ![alt](https://x.y/i.png)",
            json!([{"type": "heading", "attrs": {"level": 1}, "content": [text("see "),
            {"type": "text", "text": "alt", "marks": [{"type": "link", "attrs": {"href": "https://x.y/i.png"}}]}]}]),
        ),
        (
            "a ![alt](https://x.y/i.png) b",
            json!([words("a "),
            {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
                {"type": "media", "attrs": {"type": "external", "url": "https://x.y/i.png", "alt": "alt"}}]},
            words(" b")]),
        ),
        (
            "(https://x.y/a).",
            json!([paragraph(
                json!([text("("), {"type": "inlineCard", "attrs": {"url": "https://x.y/a"}}, text(").")])
            )]),
        ),
        (
            "<details><summary>T</summary>\nbody **b**\n</details>",
            json!([
            {"type": "expand", "attrs": {"title": "T"}, "content": [paragraph(json!([text("body "), strong("b")]))]}]),
        ),
        (
            "<table><tr><th>A</th></tr><tr><td>b</td></tr></table>",
            json!([{"type": "table", "content": [
            {"type": "tableRow", "content": [{"type": "tableHeader", "content": [words("A")]}]},
            {"type": "tableRow", "content": [{"type": "tableCell", "content": [words("b")]}]}]}]),
        ),
        ("<!-- note -->", json!([words("<!-- note -->")])),
        (
            "**`code`**",
            json!([paragraph(json!([{"type": "text", "text": "code", "marks": [{"type": "code"}]}]))]),
        ),
        (
            "<status color=pink>A</status>",
            json!([paragraph(json!([{"type": "status", "attrs": {"text": "A", "color": "neutral"}}]))]),
        ),
        (
            "- [X] done",
            json!([{"type": "taskList", "content": [
            {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [text("done")]}]}]),
        ),
        ("", json!([])),
    ] {
        let expected = doc(blocks);
        let got = document(form);
        let got = if got.get("content").is_none() { doc(json!([])) } else { got };
        assert_eq!(got, expected, "{form}");
    }
}

#[test]
fn links_in_links_end_where_they_end() {
    let link = |attrs: Value| json!({"type": "link", "attrs": attrs});
    let both = [link(json!({"href": "/1", "title": "t"})), link(json!({"href": "/2"}))];
    assert_eq!(
        document("<a href=/1 title=t><a href=/2>[x](/1 \"t\")</a></a> y"),
        doc(json!([paragraph(json!([{"type": "text", "text": "x", "marks": both}, text(" y")]))]))
    );
}

#[test]
fn people_by_name_wait_for_their_account() {
    let mut parsed = adf::from_markdown("@[Ann Lee] and @[bob@x.y], again @[Ann Lee]").unwrap();
    assert_eq!(parsed.mentions, ["Ann Lee", "bob@x.y"]);
    parsed.resolve(|name| (name == "Ann Lee").then(|| ("5b10".into(), "Ann B. Lee".into())));
    assert_eq!(parsed.mentions, ["bob@x.y"]);
    let error = parsed.clone().finish().unwrap_err();
    assert!(error.to_string().contains("@[bob@x.y]"), "{error}");
    parsed.resolve(|_| Some(("77".into(), "Bob".into())));
    let document = parsed.finish().unwrap();
    assert_eq!(
        adf::to_markdown(&document),
        "@[Ann B. Lee](accountid:5b10) and @[Bob](accountid:77), again @[Ann B. Lee]"
    );
}

#[test]
fn wiki_markup_is_reported_and_kept() {
    let parsed = adf::from_markdown("h2. Title\n\n{code:java}\nx\n{code}\n\nsee [docs|https://x.y]").unwrap();
    let all = parsed.warnings.join("\n");
    for wiki in ["h1. ", "{code", "[text|address]"] {
        assert!(all.contains(wiki), "{wiki} in {all}");
    }
    assert!(parsed.document.plain_text().contains("h2. Title"));
    assert_eq!(adf::from_markdown("```\n{code}\n```\n\nplain").unwrap().warnings, Vec::<String>::new());
}

#[test]
fn long_text_is_cut_between_blocks() {
    let text = "# One\n\nfirst\n\n- a\n- b\n\n<details>\n\ninside\n\n</details>\n\nlast";
    for most in 0..=text.len() {
        let (head, rest) = adf::split(text, most);
        assert_eq!(format!("{head}{rest}"), text);
        assert!(head.chars().count() <= most);
    }
    assert_eq!(adf::split(text, text.len()), (text, ""));
    assert_eq!(adf::split(text, 12).0, "# One\n\n");
    assert!(adf::split(text, 45).0.ends_with("- b\n\n"), "not inside what is enclosed");
}

#[test]
fn plain_text_has_the_words() {
    let parsed =
        adf::from_markdown("# T\n\n- a\n- @[Ann](accountid:1) :tada:\n\n| x | y |\n|---|---|\n| 1 | 2 |")
            .unwrap();
    assert_eq!(parsed.document.plain_text(), "T\na\n@Ann 🎉\nx\ty\n1\t2");
    assert!(adf::from_markdown("\n\n").unwrap().document.is_empty());
    assert!(adf::from_markdown("<br>").unwrap().document.is_empty());
    assert!(!parsed.document.is_empty());
}
