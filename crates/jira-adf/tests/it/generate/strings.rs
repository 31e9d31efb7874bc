//! Text that has everything in it that Markdown could read as something else.

use super::Gen;

impl Gen {
    pub(crate) fn string(&mut self) -> String {
        let pieces = 1 + self.below(if self.wild { 8 } else { 4 });
        let mut out = String::new();
        for _ in 0..pieces {
            match self.below(if self.wild { 4 } else { 12 }) {
                0 => out.push_str(self.pick(MARKUP)),
                1 => {
                    for _ in 0..=self.below(4) {
                        let c = self.pick(CHARS);
                        out.push_str(c);
                    }
                }
                2 if self.one_in(3) => {
                    let c = u32::try_from(self.below(0x11_0000)).ok().and_then(char::from_u32);
                    out.extend(c);
                }
                3 => out.push_str(self.pick(SPACES)),
                _ => {
                    out.push_str(self.pick(WORDS));
                    if self.one_in(2) {
                        out.push(' ');
                    }
                }
            }
        }
        out
    }

    pub(super) fn text_string(&mut self) -> String {
        let text = self.string();
        if text.is_empty() { "x".into() } else { text }
    }

    pub(super) fn any_string(&mut self) -> String {
        if self.one_in(8) { String::new() } else { self.string() }
    }

    pub(super) fn word(&mut self) -> String {
        if self.one_in(6) { self.text_string() } else { self.pick(WORDS).to_owned() }
    }
}

#[rustfmt::skip]
pub(super) const WORDS: &[&str] = &[
    "deploy", "the", "rollback", "of", "snake_case_name", "12", "3.5%", "Login", "naïve", "日本語", "עברית", "🚀",
    "a", "API", "x86_64", "(see", "below)", "e.g.", "it's", "C:\\temp\\new", "#42", "TODO:", "a/b", "1.",
    "v2", "𝒳", "no,",
];
#[rustfmt::skip]
const SPACES: &[&str] = &[
    " ", "  ", "\t", "\n", "\u{a0}", "\u{2028}", "\u{200b}", "\u{3000}", "\r\n", "\r", "\u{b}", "\u{c}",
    "    ",
];
#[rustfmt::skip]
const CHARS: &[&str] = &[
    "*", "_", "`", "~", "[", "]", "(", ")", "<", ">", "#", "+", "-", "=", "|", "\\", "!", "&", ":", ";", "@",
    "{", "}", "\"", "'", ".", "1", "a", "A", "/", "?", "$", "^", "%", "\u{0}", "\u{1}", "\u{7f}", "é", "。",
    "「", "\u{202e}", "\u{feff}", "\u{fffd}",
];
#[rustfmt::skip]
pub(super) const URLS: &[&str] = &[
    "https://example.com", "https://acme.atlassian.net/browse/OPS-17", "http://a.b/c_d?e=f&g=h#i",
    "https://x.y/z_(w)", "https://x.y/a*b*c", "mailto:a@b.c", "/relative", "https://x.y/q?a=1&copy;=2",
    "https://x.y/<z>", "https://x.y/a b", "#top", "https://x.y/z.", "https://x.y:8080/a:x:b", "accountid:1",
    "attachment:6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab", "https://日本.jp/パス", "https://x.y/_a_",
    "https://x.y/a|b", "https://x.y/a\\b", "http://[::1]/", "HTTPS://X.Y/Z",
];
#[rustfmt::skip]
const MARKUP: &[&str] = &[
    "# ", "## ", "- ", "* ", "+ ", "1. ", "1) ", "> ", "```", "~~~", "---", "***", "===", "| a | b |",
    "|---|---|", "**", "__", "~~", "`code`", "[text](url)", "![alt](url)", "[ref]: url", "<b>", "</b>",
    "<br>", "<details>", "</details>", "<!-- c -->", "<status color=green>", "&amp;", "&#32;", "&nbsp;", "\\",
    "\\\\", "\\*", "@[Ann]", "@[Ann](accountid:1)", ":tada:", ":x:", "https://a.b/c", "http://x",
    "`adf:aaaa x`", "adf:", "/adf", "[ ] ", "[x] ", "[>]", "[decision] ", "[!NOTE]", "<a href=\"x\">", "](",
    "![", "h1. ", "{code}", "||a||", "<https://a.b>", "a@b.c", "<u>", "</u>", "<font color=#ff0000>", "<td>",
    "</td>", "{width=3}", "<?php", "<![CDATA[", "<p></p>", "<media>", "    code", "\tcode", ":",
];
