//! Tags: the open placeholder forms, written as HTML is, with ADF's names for what HTML lacks.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A tag as it stood in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name, in lower case.
    pub name: Cow<'a, str>,
    /// True where the tag is an end tag.
    pub end: bool,
    /// The attributes, names as written, values decoded.
    pub attrs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Tag<'_> {
    pub(super) fn into_owned(self) -> Tag<'static> {
        fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
            Cow::Owned(text.into_owned())
        }
        let attrs = self.attrs.into_iter().map(|(key, value)| (owned(key), owned(value))).collect();
        Tag { name: owned(self.name), end: self.end, attrs }
    }

    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }
}

/// Appends ` name=value`, quoted as needed. In a table a pipe is spelled out.
pub(super) fn push_attr(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push('=');
    let bare = !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:#%/@+,?&;-".contains(&byte));
    if bare {
        out.push_str(value);
        return;
    }
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\u0022"),
            '|' => out.push_str("\\u007c"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Reads one tag at the start of `text`; gives it and its length.
pub(super) fn read_tag(text: &str) -> Option<(Tag<'_>, usize)> {
    let bytes = text.as_bytes();
    let mut at = 1;
    if bytes.first() != Some(&b'<') {
        return None;
    }
    let end = bytes.get(1) == Some(&b'/');
    at += usize::from(end);
    let name_len =
        bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    if name_len == 0 || !bytes[at].is_ascii_alphabetic() {
        return None;
    }
    let name = &text[at..at + name_len];
    let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    at += name_len;
    let mut attrs = Vec::new();
    loop {
        let spaces = spaces(&bytes[at..]);
        at += spaces;
        match *bytes.get(at)? {
            b'>' => return Some((Tag { name, end, attrs }, at + 1)),
            b'/' if bytes.get(at + 1) == Some(&b'>') => return Some((Tag { name, end, attrs }, at + 2)),
            _ if spaces == 0 => return None,
            _ => {}
        }
        let key_len = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(byte))
            .count();
        if key_len == 0 {
            return None;
        }
        let key = Cow::Borrowed(&text[at..at + key_len]);
        at += key_len;
        let gap = self::spaces(&bytes[at..]);
        if bytes.get(at + gap) != Some(&b'=') {
            attrs.push((key, Cow::Borrowed("")));
            continue;
        }
        at += gap + 1;
        at += self::spaces(&bytes[at..]);
        let (value, len) = read_value(&text[at..])?;
        attrs.push((key, value));
        at += len;
    }
}

fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn read_value(text: &str) -> Option<(Cow<'_, str>, usize)> {
    match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let inner = &text[1..];
            let end = inner.bytes().position(|byte| byte == *quote)?;
            Some((decode(&inner[..end]), end + 2))
        }
        _ => {
            let end =
                text.bytes().position(|byte| byte.is_ascii_whitespace() || b"\"'=<>`".contains(&byte))?;
            (end > 0).then(|| (Cow::Borrowed(&text[..end]), end))
        }
    }
}

/// Decodes a value: our own is the inside of a JSON string; what people write may not be, and stands as it is.
fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    serde_json::from_str(&format!("\"{value}\"")).map_or(Cow::Borrowed(value), Cow::Owned)
}
