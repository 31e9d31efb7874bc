//! Converts lines of JSON from standard input: a string is Markdown and becomes ADF, an object is ADF and becomes
//! Markdown as a string. What cannot be read becomes `null`.

use std::io::{self, BufRead, Write};

use jira_adf::{self as adf, Document};
use serde_json::Value;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let converted = match serde_json::from_str(&line?)? {
            Value::String(markdown) => {
                adf::from_markdown(&markdown).map_or(Value::Null, |parsed| parsed.document.to_value())
            }
            value => Document::from_value(&value)
                .map_or(Value::Null, |document| adf::to_markdown(&document).into()),
        };
        writeln!(out, "{converted}")?;
    }
    Ok(())
}
