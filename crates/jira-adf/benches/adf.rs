//! Rich text: our two directions beside the parsers that they stand on, over the committed tickets from 10 KB to
//! 10 MB, how they compare, and how each grows; and how the time for inputs grows that are meant to break a reader.

#![expect(clippy::cast_precision_loss, reason = "sizes and counts are far below 2^52")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jira_adf::{self as adf, Document};
use pulldown_cmark::{Options, Parser};
use serde_json::{Value, json};

#[path = "../tests/it/hostile.rs"]
mod hostile;

const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

/// The names of the measurements, in the order of a [`Row`]'s times.
const NAMES: [&str; 4] =
    ["pulldown-cmark reads the Markdown", "from Markdown", "serde_json reads the ADF", "to Markdown"];

/// Tickets one after the other, all of them again and again, until their Markdown has this many bytes.
fn document(bytes: usize) -> Value {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut names: Vec<_> =
        std::fs::read_dir(place).expect("the corpus").map(|entry| entry.expect("a file").path()).collect();
    names.sort();
    let tickets: Vec<Value> = names
        .into_iter()
        .map(|name| serde_json::from_str(&std::fs::read_to_string(name).expect("text")).expect("JSON"))
        .collect();
    let mut content: Vec<Value> = Vec::new();
    let mut length = 0;
    for ticket in tickets.iter().cycle() {
        if length >= bytes {
            break;
        }
        length += adf::to_markdown(&Document::from_value(ticket).expect("a document")).len();
        content.extend(ticket["content"].as_array().cloned().unwrap_or_default());
    }
    json!({"type": "doc", "version": 1, "content": content})
}

/// The measurements for a text of one size.
struct Row {
    bytes: usize,
    /// Seconds that each of [`NAMES`] takes.
    seconds: [f64; NAMES.len()],
    /// Reading Markdown in times of the parser, and writing it in times of `serde_json`.
    ratios: [f64; 2],
}

/// Seconds that the making of something takes, without its end.
fn time<T>(make: &impl Fn() -> T) -> f64 {
    let start = Instant::now();
    let result = black_box(make());
    let took = start.elapsed().as_secs_f64();
    drop(result);
    // An allocator may leave the work of that end to the next large request, which would be another's time.
    drop(black_box(Vec::<u8>::with_capacity(100_000)));
    took
}

/// Measures the making of something; gives the median of the samples in seconds.
fn measure<T>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, make: &impl Fn() -> T) -> f64 {
    let mut samples = Vec::new();
    group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
        bencher.iter_custom(|times| {
            let took: f64 = (0..times).map(|_| time(make)).sum();
            samples.push(took / times as f64);
            Duration::from_secs_f64(took)
        });
    });
    median(samples)
}

/// The time of `ours` over that of `beneath`. Each pair is measured one right after the other, since a machine's
/// speed wanders.
fn ratio<T, U>(bytes: usize, ours: &impl Fn() -> T, beneath: &impl Fn() -> U) -> f64 {
    let pairs = (50_000_000 / bytes).clamp(9, 2000);
    median((0..pairs).map(|_| time(ours) / time(beneath)).collect())
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

fn both_ways(criterion: &mut Criterion) {
    let mut rows = Vec::new();
    for size in SIZES {
        let value = document(size);
        let json = value.to_string();
        let document = Document::from_value(&value).expect("a document");
        let markdown = adf::to_markdown(&document);
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let parser = || {
            let events = Parser::new_ext(black_box(&markdown), options).into_offset_iter();
            events.map(|event| drop(black_box(event))).count()
        };
        let from = || adf::from_markdown(black_box(&markdown)).expect("a document");
        let reader = || serde_json::from_str::<Value>(black_box(&json)).expect("JSON");
        let to = || adf::to_markdown(black_box(&document));
        let bytes = markdown.len();
        let mut group = criterion.benchmark_group(format!("adf {} KB", size / 1000));
        group.throughput(Throughput::Bytes(bytes as u64)).warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(3)).sample_size(if size > 1_000_000 { 10 } else { 50 });
        let seconds = [
            measure(&mut group, NAMES[0], &parser),
            measure(&mut group, NAMES[1], &from),
            measure(&mut group, NAMES[2], &reader),
            measure(&mut group, NAMES[3], &to),
        ];
        group.finish();
        rows.push(Row { bytes, seconds, ratios: [ratio(bytes, &from, &parser), ratio(bytes, &to, &reader)] });
    }
    report(&rows);
}

/// Prints each direction's time over that of the parser beneath it, and how times grow: time is as the size to the
/// power of the exponent.
#[expect(clippy::print_stdout, reason = "what a benchmark is run for")]
fn report(rows: &[Row]) {
    for Row { bytes, ratios: [from, to], .. } in rows {
        println!(
            "{bytes:>9} bytes: from Markdown {from:.2} of the parser's time, to Markdown {to:.2} of serde_json's"
        );
    }
    for (at, name) in NAMES.iter().enumerate() {
        let points: Vec<_> = rows.iter().map(|row| ((row.bytes as f64).ln(), row.seconds[at].ln())).collect();
        println!("{name}: grows with exponent {:.3}", slope(&points));
    }
}

/// The slope of the line that fits the points best.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let (mean_x, mean_y) =
        points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (across, along) = points.iter().fold((0.0, 0.0), |(across, along), (x, y)| {
        (across + (x - mean_x) * (y - mean_y), along + (x - mean_x).powi(2))
    });
    across / along
}

/// Prints how the time for each hostile input grows from a size to eight times that. Inputs that are refused at once
/// are left out.
#[expect(clippy::print_stdout, reason = "what a benchmark is run for")]
fn hostile_inputs(_: &mut Criterion) {
    let mut grown: Vec<(f64, f64, &str)> = Vec::new();
    let mut add = |name, sizes: [usize; 2], seconds: [f64; 2]| {
        if seconds[1] > 1e-3 {
            let points = [0, 1].map(|at| ((sizes[at] as f64).ln(), seconds[at].ln()));
            grown.push((slope(&points), seconds[1], name));
        }
    };
    for (name, make) in hostile::TEXTS {
        let texts = [100_000, 800_000].map(make);
        let best = |text: &String| fastest(&|| adf::from_markdown(black_box(text)));
        add(name, [texts[0].len(), texts[1].len()], [best(&texts[0]), best(&texts[1])]);
    }
    for (name, make) in hostile::TREES {
        let sizes = [10_000, 80_000];
        let trees = sizes.map(|nodes| Document::from_value(&make(nodes)).expect("a document"));
        let best = |document: &Document| fastest(&|| adf::to_markdown(black_box(document)));
        add(name, sizes, [best(&trees[0]), best(&trees[1])]);
    }
    grown.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("\nhostile inputs: {} take some time, of which these grow most", grown.len());
    for (exponent, seconds, name) in grown.iter().take(8) {
        println!("{name}: {:.1} ms, grows with exponent {exponent:.2}", seconds * 1e3);
    }
}

/// The least of some times, which a busy machine disturbs least.
fn fastest<T>(make: &impl Fn() -> T) -> f64 {
    (0..5).map(|_| time(make)).fold(f64::INFINITY, f64::min)
}

criterion_group!(benches, both_ways, hostile_inputs);
criterion_main!(benches);
