//! Any Markdown is a document or refused in words, and stays what it is.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The generator and the properties of the tests.
#[path = "../../tests/it"]
#[allow(dead_code, reason = "each target uses a part")]
mod tests {
    mod generate;
    pub(crate) mod properties;
}

fuzz_target!(|markdown: &str| tests::properties::any_markdown(markdown));
