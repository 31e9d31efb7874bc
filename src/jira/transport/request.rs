//! One request to Jira: an operation, the values in its path, a query and a body.

use hyper::body::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, header};
use serde::Serialize;
use url::Url;

use super::operation::{Effect, Operation};
use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};

/// One request, complete but for host and credentials, which only `send` knows.
#[derive(Debug)]
pub(in crate::jira) struct Request {
    pub(in crate::jira) operation: &'static Operation,
    values: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Body,
    /// True where the reply should be a redirect to what is asked for, which is not followed.
    pub(in crate::jira) expects_redirect: bool,
}

/// The body of a request. Attempts share its bytes.
#[derive(Debug, Default)]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// Bytes of this media type.
    Bytes(&'static str, Bytes),
    /// Files, as a form sends them.
    Files(Vec<File>),
}

/// A file of a form.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type, such as `image/png`.
    pub media_type: String,
    /// Its content.
    pub content: Bytes,
}

impl Request {
    fn new(operation: &'static Operation, values: Vec<String>) -> Self {
        Self { operation, values, query: Vec::new(), body: Body::Empty, expects_redirect: false }
    }

    /// Adds a query parameter.
    pub(in crate::jira) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The same request for something that lies elsewhere: its reply is a redirect, which is not followed.
    pub(in crate::jira) fn expecting_redirect(self) -> Self {
        Self { expects_redirect: true, ..self }
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// [`Error::Internal`] where the value has no JSON form.
    pub(in crate::jira) fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let bytes =
            serde_json::to_vec(body).map_err(|e| Error::Internal(format!("no JSON from a body: {e}")))?;
        self.body = Body::Bytes("application/json", bytes.into());
        Ok(self)
    }

    /// True for a request that may be sent on a site that must not be changed.
    pub(in crate::jira) fn only_reads(&self) -> bool {
        self.operation.effect() == Effect::Read
    }

    /// The address under a site's or gateway's base, with the query. Each value is one segment, whatever it contains.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for an empty value, `.` and `..`, which would lead elsewhere, and for
    /// control characters: addresses lose tabs and line breaks, so that one within `..` hides it.
    pub(in crate::jira) fn url(&self, base: &Url) -> Result<Url> {
        let leads_elsewhere =
            |value: &String| matches!(value.trim(), "" | "." | "..") || value.contains(char::is_control);
        let template = self.operation.template();
        if let Some(at) = self.values.iter().position(leads_elsewhere) {
            let mut names = template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            let name = names.nth(at).unwrap_or_default();
            let problem = ArgumentProblem::NotInAddress { value: self.values[at].clone() };
            return Err(InvalidArgument::parameter(name, problem).into());
        }
        let mut values = self.values.iter();
        let mut missing = false;
        let segments = template.split('/').filter(|segment| !segment.is_empty()).map(|segment| {
            if !segment.starts_with('{') {
                return segment;
            }
            values.next().map_or_else(
                || {
                    missing = true;
                    segment
                },
                String::as_str,
            )
        });
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::Internal("the site's address cannot have a path".into()))?
            .pop_if_empty()
            .extend(segments);
        if missing || values.next().is_some() {
            return Err(Error::Internal(format!("the values of {template} are not those of its path")));
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// Puts the body into a request that goes out.
    ///
    /// # Errors
    /// [`Error::Internal`] for a file with a media type that is none.
    pub(in crate::jira) fn with_body(&self, builder: RequestBuilder) -> Result<RequestBuilder> {
        Ok(match &self.body {
            Body::Empty => builder,
            Body::Bytes(media_type, bytes) => {
                builder.header(header::CONTENT_TYPE, *media_type).body(bytes.clone())
            }
            Body::Files(files) => {
                let mut form = Form::new();
                for file in files {
                    let part = Part::stream_with_length(file.content.clone(), file.content.len() as u64)
                        .file_name(file.name.clone())
                        .mime_str(&file.media_type)
                        .map_err(|error| Error::Internal(format!("no media type: {error}")))?;
                    form = form.part("file", part);
                }
                // Jira refuses forms without it, as other pages could make a browser send them.
                builder.header("X-Atlassian-Token", "no-check").multipart(form)
            }
        })
    }
}

impl Operation {
    /// A request of this operation; the values stand for the variables in its path, in their order.
    pub(in crate::jira) fn request<const N: usize>(&'static self, values: [&str; N]) -> Request {
        Request::new(self, values.map(str::to_owned).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::super::operation::Api;
    use super::*;

    const COMMENT: Operation = Operation::get(Api::Platform, "issue/{issue}/comment/{comment}");

    fn base() -> Url {
        Url::parse("https://api.atlassian.com/ex/jira/11-22/").unwrap()
    }

    #[test]
    fn values_stay_one_segment_and_out_of_the_template() {
        static OPERATION: Operation = COMMENT;
        let request = OPERATION.request(["A/../B?x#y %2e", "7"]).query("expand", "a&b");
        assert_eq!(
            request.url(&base()).unwrap().as_str(),
            "https://api.atlassian.com/ex/jira/11-22/rest/api/3/issue/A%2F..%2FB%3Fx%23y%20%252e/comment/7?expand=a%26b"
        );
        assert_eq!(OPERATION.to_string(), "GET /rest/api/3/issue/{issue}/comment/{comment}");
    }

    #[test]
    fn values_that_lead_elsewhere_are_refused() {
        static OPERATION: Operation = COMMENT;
        for bad in ["", ".", "..", " ", ".\n.", "\t..", ".\r", "1\n2"] {
            assert!(OPERATION.request([bad, "7"]).url(&base()).is_err(), "{bad:?}");
        }
        assert!(OPERATION.request(["7"]).url(&base()).is_err(), "a value is missing");
    }

    #[test]
    fn files_go_out_as_a_form_that_no_page_of_another_site_could_send() {
        static OPERATION: Operation = Operation::post(Api::Platform, "issue/{issue}/attachments");
        let file = File { name: "a.txt".into(), media_type: "text/plain".into(), content: "a".into() };
        let request = Request { body: Body::Files(vec![file]), ..OPERATION.request(["A-1"]) };
        // reqwest builds no client without a TLS provider; a second one is refused.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::new().post("http://127.0.0.1/");
        let sent = request.with_body(builder).unwrap().build().unwrap();
        assert_eq!(sent.headers()["X-Atlassian-Token"], "no-check");
        let kind = sent.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    }
}
