//! Stub.
/// Doc.
#[derive(Debug, Clone)]
pub struct Document(serde_json::Value);
impl Document {
    /// x
    pub fn from_value(v: &serde_json::Value) -> Result<Self, String> {
        Ok(Self(v.clone()))
    }
}
/// x
#[must_use]
pub fn to_markdown(d: &Document) -> String {
    d.0.to_string()
}
