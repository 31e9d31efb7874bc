//! Files that are attached to an issue, as its texts name them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use url::Url;

use crate::error::{Error, InvalidArgument, Result, TextProblem};
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::transport::reply::header;
use crate::jira::{AllowedAttachment, AllowedIssue, Client};
use jira_adf::{self as adf, Document, FileName};

operations! {
    /// The content of an attachment, which lies elsewhere.
    GET_CONTENT = Operation::get(Api::Platform, "attachment/content/{attachment}")
        .scopes(READ_WORK, "read:attachment:jira");
}

/// A file on an issue.
#[derive(Debug, Clone, Deserialize)]
struct Attachment {
    id: String,
    #[serde(default)]
    filename: String,
    #[serde(default)]
    created: String,
}

impl Client {
    /// A text in which files go by their ids in Jira's media store, where it named them plainly. Names that stood in
    /// the `old` text are left as they are.
    ///
    /// # Errors
    /// [`Error::Unresolved`] for an image that is not attached to the issue, [`Error::InvalidArgument`] where there is no
    /// issue yet.
    pub(in crate::jira) async fn with_attachments<'a>(
        &self,
        issue: Option<&AllowedIssue>,
        old: &Document,
        markdown: &'a str,
    ) -> Result<Cow<'a, str>> {
        let mut files = adf::files(markdown);
        if !files.is_empty() {
            let known = adf::files(&adf::to_markdown(old));
            files.retain(|file| known.iter().all(|known| known.name != file.name));
        }
        let Some(issue) = issue else { return none_yet(&files).map(|()| markdown.into()) };
        if files.is_empty() {
            return Ok(markdown.into());
        }
        let attached = self.attachments(issue).await?;
        let mut ids = HashMap::new();
        for file in files {
            if let Some(attachment) = find(&file, &attached)? {
                ids.insert(
                    file.name,
                    self.media_id(&AllowedAttachment::of_issue(issue, &attachment.id), &attachment.filename)
                        .await?,
                );
            }
        }
        Ok(adf::with_files(markdown, &ids).into())
    }

    async fn attachments(&self, issue: &AllowedIssue) -> Result<Vec<Attachment>> {
        let detail = self.issue(issue, &["attachment".to_owned()], &BTreeSet::new()).await?;
        let stored = detail.issue.fields.get("attachment").cloned().unwrap_or_default();
        Ok(Vec::deserialize(stored).unwrap_or_default())
    }

    /// A file's id in the media store. Jira has no request for it, but names it in the address to which the file's
    /// content leads.
    async fn media_id(&self, attachment: &AllowedAttachment, name: &str) -> Result<String> {
        let reply = self.send(GET_CONTENT.request([attachment.as_str()]).expecting_redirect()).await?;
        // The address holds a secret, too.
        let id = header(&reply.headers, "location").and_then(|address| {
            let address = Url::parse(&address).ok()?;
            let mut segments = address.path_segments()?;
            segments.find(|segment| *segment == "file")?;
            segments.next().map(str::to_owned)
        });
        id.filter(|id| adf::is_media_id(id))
            .ok_or_else(|| InvalidArgument::text(TextProblem::NoMediaId { file: name.to_owned() }).into())
    }
}

/// Refuses files where nothing is attached yet.
fn none_yet(files: &[FileName]) -> Result<()> {
    match files.iter().find(|file| file.is_surely_file) {
        None => Ok(()),
        Some(FileName { name, .. }) => {
            Err(InvalidArgument::text(TextProblem::FileOnNewIssue { file: name.clone() }).into())
        }
    }
}

/// The attachment that `file` names, by file name or id.
fn find<'a>(file: &FileName, attached: &'a [Attachment]) -> Result<Option<&'a Attachment>> {
    let name = decoded(&file.name);
    let by = |fits: &dyn Fn(&Attachment) -> bool| attached.iter().filter(|a| fits(a)).collect::<Vec<_>>();
    let mut found = by(&|a| a.filename == file.name || a.filename == name);
    if found.is_empty() {
        found = by(&|a| a.filename.to_lowercase() == name.to_lowercase() || a.id == file.name);
    }
    let told = |attachments: &[&Attachment]| {
        attachments.iter().map(|a| format!("attachment:{} ({}, {})", a.id, a.filename, a.created)).collect()
    };
    match found.as_slice() {
        [attachment] => Ok(Some(attachment)),
        [] if !file.is_surely_file => Ok(None),
        [] => Err(Error::Unresolved {
            kind: "attachment",
            given: file.name.clone(),
            candidates: attached.iter().map(|a| a.filename.clone()).collect(),
            ambiguous: false,
        }),
        several => Err(Error::Unresolved {
            kind: "attachment",
            given: file.name.clone(),
            candidates: told(several),
            ambiguous: true,
        }),
    }
}

/// A name without percent signs, as addresses have it.
fn decoded(name: &str) -> String {
    let pair = format!("n={}", name.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map_or_else(String::new, |(_, name)| name.into_owned())
}
