//! Texts that mostly take no memory of their own, and sets of bytes to look for in them.

use std::fmt;
use std::ops::Deref;

use pulldown_cmark::{CowStr, InlineStr};

/// A table that tells for each byte whether it is one of these.
pub(super) const fn byte_set(bytes: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        set[bytes[at] as usize] = true;
        at += 1;
    }
    set
}

/// Text of a node or an attribute. Words that ADF knows are borrowed, and up to 22 bytes stand in the value
/// itself; that is most of what a document has.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(CowStr<'static>);

impl Text {
    /// A word that is known beforehand.
    #[must_use]
    pub const fn word(word: &'static str) -> Self {
        Self(CowStr::Borrowed(word))
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::word("")
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(InlineStr::try_from(text).map_or_else(|_| CowStr::Boxed(text.into()), CowStr::Inlined))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(CowStr::Boxed(text.into_boxed_str()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
