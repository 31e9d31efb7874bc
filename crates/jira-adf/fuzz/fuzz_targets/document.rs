//! Any document of the grammar comes back from its Markdown. The bytes are the choices that make it.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The generator and the properties of the tests.
#[path = "../../tests/it"]
#[allow(dead_code, reason = "each target uses a part")]
mod tests {
    mod generate;
    pub(crate) mod properties;
}

fuzz_target!(|bytes: &[u8]| tests::properties::any_document(bytes));
