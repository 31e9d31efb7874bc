//! Any document of the grammar comes back from its Markdown. The bytes are the choices that make it.
#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| shared::properties::any_document(bytes));
