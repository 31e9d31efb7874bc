//! Rich text: our two directions beside the parsers that they stand on, over the committed tickets.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mcp_server_jira::jira::adf::{self, Document};
use pulldown_cmark::{Options, Parser};
use serde_json::{Value, json};

/// All tickets as one document, again and again.
fn document(times: usize) -> Value {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut names: Vec<_> =
        std::fs::read_dir(place).expect("the corpus").map(|entry| entry.expect("a file").path()).collect();
    names.sort();
    let mut blocks: Vec<Value> = Vec::new();
    for name in names {
        let text = std::fs::read_to_string(name).expect("text");
        let ticket: Value = serde_json::from_str(&text).expect("JSON");
        blocks.extend(ticket["content"].as_array().cloned().unwrap_or_default());
    }
    let content: Vec<&Value> = std::iter::repeat_n(&blocks, times).flatten().collect();
    json!({"type": "doc", "version": 1, "content": content})
}

fn both_ways(c: &mut Criterion) {
    let mut group = c.benchmark_group("adf");
    for times in [1, 8] {
        let value = document(times);
        let json = value.to_string();
        let document = Document::from_value(&value).expect("a document");
        let markdown = adf::to_markdown(&document);
        group.throughput(Throughput::Bytes(markdown.len() as u64));
        let size = format!("{} KB", markdown.len() / 1000);
        group.bench_function(BenchmarkId::new("serde_json reads the ADF", &size), |b| {
            b.iter(|| serde_json::from_str::<Value>(black_box(&json)).expect("JSON"));
        });
        group.bench_function(BenchmarkId::new("to Markdown", &size), |b| {
            b.iter(|| adf::to_markdown(black_box(&document)));
        });
        group.bench_function(BenchmarkId::new("pulldown-cmark reads the Markdown", &size), |b| {
            let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
            b.iter(|| {
                Parser::new_ext(black_box(&markdown), options).map(|event| drop(black_box(event))).count()
            });
        });
        group.bench_function(BenchmarkId::new("from Markdown", &size), |b| {
            b.iter_with_large_drop(|| adf::from_markdown(black_box(&markdown)).expect("a document"));
        });
    }
    group.finish();
}

criterion_group!(benches, both_ways);
criterion_main!(benches);
