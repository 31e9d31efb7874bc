//! Texts and documents that are meant to break a reader, in any size: for the tests here, which see that each ends well,
//! and for the benchmark, which sees that the time grows with the size.

use serde_json::{Value, json};

/// A name, and a function that makes a text of about so many bytes.
type Text = (&'static str, fn(usize) -> String);

/// Markdown, most of it never closed.
pub(crate) const TEXTS: &[Text] = &[
    ("quotes", |bytes| ">".repeat(bytes)),
    ("quoted text", |bytes| format!("{} x", "> ".repeat(bytes / 2))),
    ("brackets", |bytes| "[".repeat(bytes)),
    ("closing brackets", |bytes| "]".repeat(bytes)),
    ("links", |bytes| "[a](".repeat(bytes / 4)),
    ("images", |bytes| "![".repeat(bytes / 2)),
    ("stars", |bytes| "*a ".repeat(bytes / 3)),
    ("underscores", |bytes| "_a".repeat(bytes / 2)),
    ("backticks", |bytes| runs(bytes, |run| "`".repeat(run) + " ")),
    ("tags", |bytes| "<u>".repeat(bytes / 3)),
    ("tags in tags", |bytes| "<u>a".repeat(bytes / 8) + &"</u>".repeat(bytes / 8)),
    ("colours in colours", |bytes| numbered(bytes / 22, |color| format!("<font color=#{color:06x}>a"))),
    ("dates in dates", |bytes| "<date>".repeat(bytes / 13) + &"</date>".repeat(bytes / 13)),
    ("names", |bytes| numbered(bytes / 10, |name| format!("@[n{name}] "))),
    ("table cells of blocks", |bytes| "<table>\n\n<tr>\n\n<td>\n\n".repeat(bytes / 21)),
    ("end tags", |bytes| "</u>".repeat(bytes / 4)),
    ("details", |bytes| "<details>\n\n".repeat(bytes / 11)),
    ("one line of details", |bytes| "<details>".repeat(bytes / 9)),
    ("ended details", |bytes| "</details>\n\n".repeat(bytes / 12)),
    ("addresses", |bytes| "https://a.b/)".repeat(bytes / 13)),
    ("parentheses", |bytes| format!("https://a.b/{}", ")".repeat(bytes))),
    ("signs", |bytes| "@[".repeat(bytes / 2)),
    ("colons", |bytes| ":a".repeat(bytes / 2)),
    ("braces", |bytes| "{{a".repeat(bytes / 3)),
    ("boxes", |bytes| "- [ ] a\n".repeat(bytes / 8)),
    ("lists in lists", |bytes| runs(bytes, |level| "  ".repeat(level) + "- a\n")),
    ("items of kinds in turn", |bytes| "- a\n- [ ] b\n- [decision] c\n".repeat(bytes / 27)),
    ("entities", |bytes| "&#0;".repeat(bytes / 4)),
    ("escapes", |bytes| "\\*".repeat(bytes / 2)),
    ("open seals", |bytes| "`adf:aaaa+x`\n\n".repeat(bytes / 14)),
    ("ends of seals", |bytes| "`/adf`\n\n".repeat(bytes / 8)),
    ("captions", |bytes| "![](https://a.b)<caption>".repeat(bytes / 25)),
    ("table", |bytes| {
        format!("|a|b|\n|---|---|\n{}", numbered(bytes / 16, |row| format!("| {row} | **x** |\n")))
    }),
    ("wide table", |bytes| format!("{}\n{}\n", "|a".repeat(bytes / 4), "|-".repeat(bytes / 4))),
    ("rows without cells", |bytes| format!("|a|b|\n|---|---|\n{}", "|\n".repeat(bytes / 2))),
    ("references", |bytes| numbered(bytes / 24, |name| format!("[n{name}]: /a\n[n{name}]\n\n"))),
];

/// A name, and a function that makes a document of about so many nodes.
type Tree = (&'static str, fn(usize) -> Value);

/// Documents, some of which no schema accepts.
pub(crate) const TREES: &[Tree] = &[
    ("texts", |nodes| paragraph(repeat(nodes, |at| json!({"type": "text", "text": format!("*{at}_`<")})))),
    ("marks in turn", |nodes| {
        let kinds = ["strong", "em", "strike", "code", "underline"];
        paragraph(repeat(nodes, |at| {
            let marks = [at % 5, at / 5 % 5].map(|at| json!({"type": kinds[at]}));
            json!({"type": "text", "text": "a", "marks": marks})
        }))
    }),
    ("mentions", |nodes| {
        paragraph(repeat(
            nodes,
            |at| json!({"type": "mention", "attrs": {"id": format!("5b{at}"), "text": "@A"}}),
        ))
    }),
    ("breaks", |nodes| paragraph(repeat(nodes, |_| json!({"type": "hardBreak"})))),
    ("rules", |nodes| doc(repeat(nodes, |_| json!({"type": "rule"})))),
    ("lists beside lists", |nodes| {
        let item = json!({"type": "listItem", "content": [{"type": "paragraph"}]});
        doc(repeat(nodes / 3, |_| json!({"type": "bulletList", "content": [item]})))
    }),
    ("unknown nodes", |nodes| doc(repeat(nodes, |at| json!({"type": "future", "attrs": {"at": at}})))),
    ("cells", |nodes| {
        let cell = json!({"type": "tableCell", "content": [{"type": "paragraph"}]});
        let row = json!({"type": "tableRow", "content": vec![cell; 10]});
        doc(json!([{"type": "table", "content": vec![row; nodes / 21]}]))
    }),
    ("cells of lists", |nodes| {
        let item = json!({"type": "listItem", "content": [{"type": "paragraph"}]});
        let list = json!({"type": "bulletList", "content": [item]});
        let cell = json!({"type": "tableCell", "content": [list]});
        doc(
            json!([{"type": "table", "content": vec![json!({"type": "tableRow", "content": [cell]}); nodes / 5]}]),
        )
    }),
    ("code of fences", |nodes| {
        let code = json!({"type": "text", "text": "```\n~~~\n".repeat(nodes)});
        doc(json!([{"type": "codeBlock", "content": [code]}]))
    }),
];

fn doc(content: Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

fn paragraph(content: Value) -> Value {
    doc(json!([{"type": "paragraph", "content": content}]))
}

fn repeat(times: usize, make: impl Fn(usize) -> Value) -> Value {
    (0..times).map(make).collect()
}

fn numbered(times: usize, piece: impl Fn(usize) -> String) -> String {
    (0..times).map(piece).collect()
}

/// Pieces that grow by one or two characters each.
fn runs(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    (1..bytes.isqrt()).map(piece).collect()
}
