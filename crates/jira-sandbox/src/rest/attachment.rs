//! Files: uploaded as multipart, downloaded from a place of their own.

use serde_json::json;

use crate::{
    call::Call,
    reply::{Body, Outcome, Reply},
    world::{Attachment, Id, Issue, Permission},
};

/// The largest file that Jira takes by default: 1 GB in Jira, less here so that tests reach it.
const MAX_ATTACHMENT_BYTES: usize = 10 << 20;

/// `POST /issue/{key}/attachments`: parts named `file`.
pub(crate) fn add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let header = |name: &str| call.headers.get(name).and_then(|v| v.to_str().ok());
    if !header("x-atlassian-token").is_some_and(|v| v.eq_ignore_ascii_case("no-check")) {
        return Err(Reply::text(403, "text/html;charset=UTF-8", "XSRF check failed"));
    }
    let issue = call.issue_for(
        Permission::CreateAttachments,
        403,
        "You do not have permission to create attachments for this issue.",
    )?;
    let boundary = header("content-type")
        .and_then(|mime| mime.strip_prefix("multipart/form-data")?.split_once("boundary="));
    let boundary = boundary.map(|(_, b)| b.split(';').next().unwrap_or_default().trim_matches('"'));
    let boundary = boundary.ok_or_else(Reply::bad_payload)?;
    let files: Vec<Part> =
        parts(call.body, boundary).into_iter().filter(|part| part.name == "file").collect();
    if files.iter().any(|file| file.content.len() > MAX_ATTACHMENT_BYTES) {
        return Err(Reply::error(413, "The file is larger than the maximum attachment size."));
    }
    let ids: Vec<Id> = files
        .into_iter()
        .map(|file| call.world.add_attachment(&me, issue, &file.file_name, &file.mime, file.content))
        .collect();
    let stored = call.issue()?.attachments.iter().filter(|a| ids.contains(&a.id));
    Reply::ok(stored.map(|a| call.view().attachment(a, true)).collect())
}

/// A part of a multipart body.
struct Part {
    name: String,
    file_name: String,
    mime: String,
    content: Vec<u8>,
}

/// The parts of a multipart body; what is not well formed is left out.
fn parts(body: &[u8], boundary: &str) -> Vec<Part> {
    let delimiter = format!("--{boundary}");
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = find(&body[at..], delimiter.as_bytes()) {
        starts.push(at + found);
        at += found + delimiter.len();
    }
    let pairs = starts.iter().zip(starts.iter().skip(1));
    pairs.filter_map(|(start, end)| part(body.get(start + delimiter.len()..*end)?)).collect()
}

fn part(bytes: &[u8]) -> Option<Part> {
    let bytes = bytes.strip_prefix(b"\r\n")?;
    let split = find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let content = bytes.get(split + 4..)?.strip_suffix(b"\r\n")?.to_vec();
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let disposition = header("content-disposition")?;
    let parameter = |name: &str| {
        let (_, rest) = disposition.split_once(&format!("; {name}=\""))?;
        Some(rest.split_once('"')?.0.replace("%22", "\""))
    };
    Some(Part {
        name: parameter("name")?,
        file_name: parameter("filename").unwrap_or_else(|| "file".into()),
        mime: header("content-type").unwrap_or_else(|| "application/octet-stream".into()),
        content,
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The file of the path, if the caller sees its issue.
fn stored<'a>(call: &'a Call<'_>) -> Result<(&'a Issue, &'a Attachment), Reply> {
    let wanted = call.param("id");
    let missing = || Reply::error(404, format!("The attachment with id '{wanted}' does not exist"));
    let id: Id = wanted.parse().map_err(|_| missing())?;
    let all = call.world.issues.values().flat_map(|i| i.attachments.iter().map(move |a| (i, a)));
    let found = all.into_iter().find(|(_, a)| a.id == id).ok_or_else(missing)?;
    if call.world.sees(call.who.as_deref(), found.0) {
        return Ok(found);
    }
    Err(Reply::error(403, format!("You do not have permission to view attachment with id: {wanted}")))
}

/// `GET /attachment/{id}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let (_, attachment) = stored(call)?;
    Reply::ok(call.view().attachment(attachment, false))
}

/// `GET /attachment/meta`.
pub(crate) fn settings(_: &mut Call<'_>) -> Outcome {
    Reply::ok(json!({ "enabled": true, "uploadLimit": MAX_ATTACHMENT_BYTES }))
}

/// `DELETE /attachment/{id}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let (issue, attachment) = stored(call)?;
    let own =
        attachment.author == me && call.world.may_on(Some(&me), Permission::DeleteOwnAttachments, issue);
    if !own && !call.world.may_on(Some(&me), Permission::DeleteAllAttachments, issue) {
        return Err(Reply::error(403, "You do not have permission to delete this attachment."));
    }
    let (issue, id) = (issue.id, attachment.id);
    call.world.delete_attachment(&me, issue, id);
    Reply::no_content()
}

/// `GET /attachment/content/{id}` and `/thumbnail/{id}`: leads to the media store, unless `redirect=false`.
pub(crate) fn content(call: &mut Call<'_>) -> Outcome {
    let (_, attachment) = stored(call)?;
    if call.flag("redirect", true) {
        let place =
            format!("{}/__media/file/{}?token={}", call.media, attachment.media, media_token(attachment));
        let reply = Reply { status: 303, headers: Vec::new(), body: Body::Empty };
        return Ok(reply.with("location", place));
    }
    Ok(send(attachment, call.headers.get("range").and_then(|v| v.to_str().ok())))
}

/// The token by which somebody without an account fetches a file from the media store.
fn media_token(attachment: &Attachment) -> String {
    let mix = attachment.id.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ attachment.content.len() as u64;
    format!("eyJhbGciOiJIUzI1NiJ9.{mix:016x}")
}

/// The media store: a place that knows no accounts and takes its token from the address alone. Jira's is on another
/// host, to which no one should send credentials; here a request that does is refused.
pub(crate) fn media(call: &mut Call<'_>) -> Outcome {
    if call.headers.contains_key("authorization") {
        return Err(Reply::json(400, json!({ "code": 400, "message": "Only one auth mechanism allowed" })));
    }
    let wanted = call.param("id");
    let all = call.world.issues.values().flat_map(|i| &i.attachments);
    let attachment = all.into_iter().find(|a| a.media == wanted);
    let attachment = attachment.filter(|a| call.query("token") == Some(&media_token(a)));
    let refused = || Reply::json(403, json!({ "code": 403, "message": "Invalid token" }));
    Ok(send(attachment.ok_or_else(refused)?, call.headers.get("range").and_then(|v| v.to_str().ok())))
}

/// The file, or the range asked for.
fn send(attachment: &Attachment, range: Option<&str>) -> Reply {
    let (content, total) = (&attachment.content, attachment.content.len());
    let named = format!("attachment; filename=\"{}\"", attachment.name.replace('"', "%22"));
    let reply = |status, bytes: &[u8]| {
        let body = Body::Other(attachment.mime.clone(), bytes.to_vec());
        Reply { status, headers: Vec::new(), body }
            .with("content-disposition", &named)
            .with("accept-ranges", "bytes")
    };
    let Some(range) = range.and_then(|r| r.strip_prefix("bytes=")) else { return reply(200, content) };
    let bounds =
        range.split_once('-').and_then(|(from, to)| match (from.parse::<usize>(), to.parse::<usize>()) {
            (Ok(from), Ok(to)) => Some((from, to.min(total.saturating_sub(1)))),
            (Ok(from), Err(_)) => Some((from, total.saturating_sub(1))),
            (Err(_), Ok(last)) => Some((total.saturating_sub(last), total.saturating_sub(1))),
            _ => None,
        });
    match bounds.and_then(|(from, to)| Some((from, to, content.get(from..=to)?))) {
        Some((from, to, bytes)) if !bytes.is_empty() => {
            reply(206, bytes).with("content-range", format!("bytes {from}-{to}/{total}"))
        }
        _ => reply(416, b"").with("content-range", format!("bytes */{total}")),
    }
}
