//! One request to Jira: a path built from segments, and what it does to Jira.

use reqwest::Method;
use serde::Serialize;
use url::Url;

use crate::error::{Error, Result};

/// Whether a request changes anything: reads may be repeated, writes only when Jira certainly
/// did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Read,
    Write,
}

/// A path under the site's base, and the template that logs show for it.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    segments: Vec<String>,
    template: String,
}

impl Path {
    /// A path under the platform's REST API, from literal text: `Path::api("issue")`.
    pub(crate) fn api(literal: &'static str) -> Self {
        Self { segments: Vec::new(), template: String::new() }.then("rest/api/3").then(literal)
    }

    /// A path under the API of boards and sprints.
    pub(crate) fn agile(literal: &'static str) -> Self {
        Self { segments: Vec::new(), template: String::new() }.then("rest/agile/1.0").then(literal)
    }

    /// Adds literal segments.
    pub(crate) fn then(mut self, literal: &'static str) -> Self {
        for segment in literal.split('/') {
            self.segments.push(segment.to_owned());
            self.template.push('/');
            self.template.push_str(segment);
        }
        self
    }

    /// Adds one segment from data: it is encoded whole, whatever it contains.
    pub(crate) fn arg(mut self, value: impl Into<String>) -> Self {
        self.segments.push(value.into());
        self.template.push_str("/{}");
        self
    }

    /// The path with each value left out: what logs may show.
    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    /// The address under `base`.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty segment, `.` and `..`, which would lead elsewhere, and for
    /// control characters: addresses lose tabs and line breaks, so that one within `..` hides it.
    pub(crate) fn under(&self, base: &Url) -> Result<Url> {
        let leads_elsewhere =
            |s: &&String| matches!(s.trim(), "" | "." | "..") || s.contains(char::is_control);
        if let Some(bad) = self.segments.iter().find(leads_elsewhere) {
            return Err(Error::Argument(format!("{bad:?} cannot be part of an address in Jira.")));
        }
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::Internal("the site's address cannot have a path".into()))?
            .pop_if_empty()
            .extend(&self.segments);
        Ok(url)
    }
}

/// One request, complete but for host and credentials, which only `send` knows.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: Path,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) effect: Effect,
    /// Whether it is answered by the address of what is asked for.
    pub(crate) leads: bool,
}

impl Request {
    fn new(method: Method, path: Path, effect: Effect) -> Self {
        Self { method, path, query: Vec::new(), body: None, effect, leads: false }
    }

    pub(crate) fn get(path: Path) -> Self {
        Self::new(Method::GET, path, Effect::Read)
    }

    /// A POST that only asks, as searches do.
    pub(crate) fn ask(path: Path) -> Self {
        Self::new(Method::POST, path, Effect::Read)
    }

    pub(crate) fn post(path: Path) -> Self {
        Self::new(Method::POST, path, Effect::Write)
    }

    pub(crate) fn put(path: Path) -> Self {
        Self::new(Method::PUT, path, Effect::Write)
    }

    pub(crate) fn delete(path: Path) -> Self {
        Self::new(Method::DELETE, path, Effect::Write)
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The same request for something that lies elsewhere: its answer is the address, which is not followed.
    pub(crate) fn leading_elsewhere(self) -> Self {
        Self { leads: true, ..self }
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// [`Error::Internal`] where the value has no JSON form.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let bytes =
            serde_json::to_vec(body).map_err(|e| Error::Internal(format!("no JSON from a body: {e}")))?;
        self.body = Some(bytes);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://api.atlassian.com/ex/jira/11-22/").unwrap()
    }

    #[test]
    fn values_stay_one_segment_and_out_of_the_template() {
        let path = Path::api("issue").arg("A/../B?x#y %2e").then("comment");
        let url = path.under(&base()).unwrap();
        assert_eq!(
            url.as_str(),
            "https://api.atlassian.com/ex/jira/11-22/rest/api/3/issue/A%2F..%2FB%3Fx%23y%20%252e/comment"
        );
        assert_eq!(path.template(), "/rest/api/3/issue/{}/comment");
    }

    #[test]
    fn segments_that_lead_elsewhere_are_refused() {
        for bad in ["", ".", "..", " ", ".\n.", "\t..", ".\r", "1\n2"] {
            assert!(Path::api("issue").arg(bad).under(&base()).is_err(), "{bad:?}");
        }
    }
}
