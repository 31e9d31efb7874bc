//! Properties of every text and every document, for the tests here and for the fuzzer, which brings its own.

use jira_adf::{self as adf, AdfError, Document};

use super::generate::Gen;

/// Any Markdown is a document or refused in words; the document's Markdown makes the same document again.
pub(crate) fn any_markdown(markdown: &str) {
    let parsed = match adf::from_markdown(markdown) {
        Ok(parsed) => parsed,
        Err(AdfError::BrokenSeal(_) | AdfError::TooDeep | AdfError::Misplaced(_)) => return,
        Err(error) => panic!("{error}\n{markdown}"),
    };
    let mut parsed = parsed;
    parsed.resolve(|name| Some((format!("5b10{}", name.len()), name.to_owned())));
    let document = parsed.finish().expect("everybody was found");
    let written = adf::to_markdown(&document);
    let again = match adf::from_markdown(&written) {
        Ok(again) => again,
        // The forms that stand for what was written may take a level more than it did.
        Err(AdfError::TooDeep) => return,
        Err(error) => panic!("{error}\n{markdown}\n---\n{written}"),
    };
    assert_eq!(adf::canonical(&again.document), adf::canonical(&document), "{markdown}\n---\n{written}");
}

/// The document that these bytes choose comes back from its Markdown.
pub(crate) fn any_document(bytes: &[u8]) {
    let value = Gen::from_bytes(bytes).document();
    let document = match Document::from_value(&value) {
        // The schema sets no limit to nesting.
        Err(AdfError::TooDeep) => return,
        document => document.expect("a legal document"),
    };
    let markdown = adf::to_markdown(&document);
    let parsed = adf::from_markdown(&markdown).unwrap_or_else(|error| panic!("{error}\n{value}\n{markdown}"));
    assert_eq!(adf::canonical(&parsed.document), adf::canonical(&document), "{markdown}");
}
