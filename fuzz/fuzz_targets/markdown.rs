//! Any Markdown is a document or refused in words, and stays what it is.
#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|markdown: &str| shared::properties::any_markdown(markdown));
