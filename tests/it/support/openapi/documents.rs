//! Reads the OpenAPI documents and finds the operation that a request means.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// File names and what each stands for.
const FILES: [&str; 3] = ["platform-v3.json", "software.json", "service-management.json"];

/// The folder of the contract documents.
pub(crate) fn contract_dir() -> PathBuf {
    std::env::var_os("JIRA_CONTRACT_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/jira"), PathBuf::from)
}

/// Reads one JSON file of the contract; a missing one ends the test with the way to get by.
pub(super) fn read_json(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| {
        panic!("{}: {error}. Set JIRA_CONTRACT_DIR, or test without --features contract", path.display())
    });
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The three documents of Jira Cloud.
pub(super) struct Documents {
    documents: Vec<Value>,
    routes: Vec<Route>,
}

/// A path template of one document.
struct Route {
    document: usize,
    template: String,
    segments: Vec<Segment>,
}

/// Literals sort before parameters, so that the first of the sorted candidates is the most specific one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Parameter,
}

/// One operation of one document.
pub(super) struct Operation<'a> {
    /// Index of the document, which keeps equal schema names apart.
    pub(super) document: usize,
    pub(super) root: &'a Value,
    pub(super) method: String,
    pub(super) template: &'a str,
    pub(super) item: &'a Value,
    /// Segments of the path as sent, decoded.
    pub(super) path: Vec<String>,
}

impl Operation<'_> {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.template)
    }

    /// The Operation Object itself.
    pub(super) fn object(&self) -> &Value {
        &self.item[self.method.as_str()]
    }

    /// Parameters of the operation and of its path, as (where, name, parameter).
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let own = self.object()["parameters"].as_array();
        let shared = self.item["parameters"].as_array();
        own.into_iter()
            .chain(shared)
            .flatten()
            .filter_map(|parameter| Some((parameter["in"].as_str()?, parameter["name"].as_str()?, parameter)))
    }

    /// The value that the path carries for the parameter of this name.
    pub(super) fn path_value(&self, name: &str) -> Option<&str> {
        let wanted = format!("{{{name}}}");
        let place = self.template.split('/').skip(1).position(|segment| segment == wanted)?;
        self.path.get(place).map(String::as_str)
    }
}

impl Documents {
    pub(super) fn load(dir: &Path) -> Self {
        let documents: Vec<Value> =
            FILES.iter().map(|file| read_json(&dir.join("openapi").join(file))).collect();
        let mut routes: Vec<Route> = documents
            .iter()
            .enumerate()
            .flat_map(|(document, root)| {
                let paths = root["paths"].as_object().expect("an OpenAPI document has paths");
                paths.keys().map(move |template| Route::new(document, template))
            })
            .collect();
        routes.sort_by(|a, b| a.segments.cmp(&b.segments));
        Self { documents, routes }
    }

    /// The operation for a request, or what is wrong with its path or method.
    pub(super) fn find(&self, method: &str, path: &str) -> Result<Operation<'_>, String> {
        let segments = decoded_segments(path);
        let candidates: Vec<&Route> = self.routes.iter().filter(|route| route.matches(&segments)).collect();
        if candidates.is_empty() {
            return Err(format!("{path} is in none of Atlassian's documents"));
        }
        let method = method.to_ascii_lowercase();
        for route in candidates {
            let root = &self.documents[route.document];
            let item = &root["paths"][&route.template];
            if item.get(&method).is_some() {
                let Route { document, template, .. } = route;
                return Ok(Operation { document: *document, root, method, template, item, path: segments });
            }
        }
        Err(format!("{path} has no {method} in Atlassian's documents"))
    }
}

impl Route {
    fn new(document: usize, template: &str) -> Self {
        let segments = template
            .split('/')
            .skip(1)
            .map(
                |text| if text.starts_with('{') { Segment::Parameter } else { Segment::Literal(text.into()) },
            )
            .collect();
        Self { document, template: template.into(), segments }
    }

    fn matches(&self, path: &[String]) -> bool {
        self.segments.len() == path.len()
            && self.segments.iter().zip(path).all(|(segment, given)| match segment {
                Segment::Literal(text) => text == given,
                Segment::Parameter => !given.is_empty(),
            })
    }
}

/// Splits before decoding, so that an encoded slash stays inside its segment; leaves out the gateway's prefix.
fn decoded_segments(path: &str) -> Vec<String> {
    let mut segments: Vec<&str> = path.split('/').skip(1).collect();
    if segments.starts_with(&["ex", "jira"]) {
        segments.drain(..3.min(segments.len()));
    }
    segments.into_iter().map(percent_decode).collect()
}

fn percent_decode(text: &str) -> String {
    // `form_urlencoded` also reads `+` as a space, which a path does not.
    let pairs = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pairs.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
