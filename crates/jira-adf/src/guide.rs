//! The guide to the Markdown of this crate.

/// The forms beyond common Markdown, for a model that writes.
pub const GUIDE: &str = "GitHub's Markdown, and: panels `> [!NOTE]` (TIP, IMPORTANT, WARNING, CAUTION, SUCCESS); \
`<details>`, `<summary>Title</summary>`, blocks, `</details>`; `@[Name]` or `@[mail]` mentions a person; a bare \
address is a smart link; `![](shot.png)` shows an attached file; `:tada:`; `- [ ]` tasks; `- [decision] text`; `<status green>DONE</status>` (neutral, purple, \
blue, red, yellow, green); `<date>2026-01-31</date>`; `<font color=#ff5630>`, `<u>`, `<sub>`; `<div align=center>`; \
`<layout>` around `<column width=50>`. Tags around blocks stand on lines of their own between blank lines. Code that \
starts with `adf:` is what Markdown cannot say: move or delete it, never change it; `/adf` ends one around blocks.";
