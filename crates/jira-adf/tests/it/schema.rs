//! All that is written is valid by Atlassian's schema, and all that is generated is too.

use std::path::{Path, PathBuf};

use jira_adf::{self as adf, Document};
use serde_json::Value;

use super::generate::Gen;

fn judge() -> jsonschema::Validator {
    let place = std::env::var_os("JIRA_CONTRACT_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/jira"), PathBuf::from);
    let text =
        std::fs::read_to_string(place.join("adf.schema.json")).expect("the schema lies beside the checkout");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::draft4::new(&schema).expect("the schema compiles")
}

fn assert_valid(judge: &jsonschema::Validator, document: &Value, what: &str) {
    if judge.is_valid(document) {
        return;
    }
    // One block at a time says more than the whole.
    let blocks = document["content"].as_array().expect("content");
    let wrong = blocks.iter().find(|block| !judge.is_valid(&super::doc(serde_json::json!([block]))));
    panic!("{what}: {}", wrong.unwrap_or(document));
}

#[test]
fn generated_documents_are_legal() {
    let judge = judge();
    for seed in 0..1500 {
        assert_valid(&judge, &Gen::new(seed).document(), &format!("seed {seed}"));
    }
}

#[test]
fn what_comes_back_is_legal() {
    let judge = judge();
    for seed in 0..1500 {
        let document = Document::from_value(&Gen::new(seed).document()).unwrap();
        let parsed = adf::from_markdown(&adf::to_markdown(&document)).unwrap();
        assert_valid(&judge, &parsed.document.to_value(), &format!("seed {seed}"));
    }
}

#[test]
fn changed_markdown_makes_legal_documents() {
    let judge = judge();
    for seed in 0..3000 {
        let markdown = super::markdown::mutated(seed);
        let Ok(mut parsed) = adf::from_markdown(&markdown) else { continue };
        // What the schema has no rule for is kept where it stands, wherever that is.
        if markdown.contains("`adf:")
            && markdown.split("`adf:").skip(1).any(|seal| seal.as_bytes().get(4) == Some(&b'!'))
        {
            continue;
        }
        parsed.resolve(|name| Some(("5b10".into(), name.to_owned())));
        assert_valid(&judge, &parsed.document.to_value(), &format!("seed {seed}: {markdown}"));
    }
}

#[test]
fn the_corpus_is_legal() {
    let judge = judge();
    for (name, document) in super::corpus::documents() {
        assert_valid(&judge, &document, &name);
    }
}
