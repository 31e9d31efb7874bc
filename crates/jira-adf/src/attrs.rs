//! Attributes of nodes and marks.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::text::Text;

/// Value of an attribute. Most are texts, and most of those one of a few words, so that this takes a third of the
/// room of a JSON value and seldom owns anything.
#[derive(Debug, Clone, PartialEq)]
pub enum AttrValue {
    /// A text.
    Text(Text),
    /// A number.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// A list, an object or null.
    Json(Box<Value>),
}

impl AttrValue {
    /// A word that ADF knows.
    #[must_use]
    pub const fn word(word: &'static str) -> Self {
        Self::Text(Text::word(word))
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }

    /// True where the value is a text.
    #[must_use]
    pub const fn is_string(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// True where the value is a number.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// True where the value is a boolean.
    #[must_use]
    pub const fn is_boolean(&self) -> bool {
        matches!(self, Self::Bool(_))
    }

    /// True where the value is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Json(value) if value.is_null())
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&Vec<Value>> {
        if let Self::Json(value) = self { value.as_array() } else { None }
    }

    /// A text as it is, anything else as its JSON.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        self.as_str().map_or_else(|| self.to_value().to_string().into(), Cow::Borrowed)
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.to_string()),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Bool(value) => Value::Bool(*value),
            Self::Json(value) => Value::clone(value),
        }
    }
}

impl From<Value> for AttrValue {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            Value::Number(number) => Self::Number(number),
            Value::Bool(value) => Self::Bool(value),
            value => Self::Json(Box::new(value)),
        }
    }
}

impl From<&str> for AttrValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for AttrValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for AttrValue {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for AttrValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// Attributes in the order they came, which says nothing. There are many lists of these and each is short, so that it
/// takes no more room than it needs, and a lookup walks it.
#[derive(Debug, Clone, Default)]
pub struct Attrs(Box<[(Cow<'static, str>, AttrValue)]>);

impl PartialEq for Attrs {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|pair| other.0.contains(pair))
    }
}

/// True for each value but null; a null counts only in an attribute that may hold any JSON.
fn is_present(name: &str, value: &AttrValue) -> bool {
    !value.is_null() || matches!(name, "data" | "parameters")
}

impl Attrs {
    /// An empty list of attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of `name`; a null counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AttrValue> {
        self.0.iter().find(|(key, value)| key == name && is_present(key, value)).map(|(_, value)| value)
    }

    /// The value of `name` if it is a string.
    #[must_use]
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(AttrValue::as_str)
    }

    /// Sets `name`, in its old place if it was there.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<AttrValue>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some(slot) => slot.1 = value,
            None => self.push(name, value),
        }
    }

    /// Removes `name` and gives its value.
    pub fn remove(&mut self, name: &str) -> Option<AttrValue> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        let mut pairs = std::mem::take(&mut self.0).into_vec();
        let (_, value) = pairs.remove(at);
        self.0 = pairs.into();
        Some(value)
    }

    /// Every attribute that is not null.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttrValue)> {
        self.0.iter().filter(|(key, value)| is_present(key, value)).map(|(key, value)| (key.as_ref(), value))
    }

    /// Every attribute, nulls too.
    pub(super) fn raw(&self) -> &[(Cow<'static, str>, AttrValue)] {
        &self.0
    }

    pub(super) fn push(&mut self, name: impl Into<Cow<'static, str>>, value: AttrValue) {
        let mut pairs = std::mem::take(&mut self.0).into_vec();
        pairs.reserve_exact(1);
        pairs.push((name.into(), value));
        self.0 = pairs.into();
    }

    /// True where there are no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<const N: usize> From<[(&'static str, AttrValue); N]> for Attrs {
    fn from(pairs: [(&'static str, AttrValue); N]) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect())
    }
}

impl FromIterator<(Cow<'static, str>, AttrValue)> for Attrs {
    fn from_iter<I: IntoIterator<Item = (Cow<'static, str>, AttrValue)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
