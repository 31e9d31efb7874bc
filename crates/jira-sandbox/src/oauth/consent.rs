//! The pages that a person sees in the browser.

use std::fmt::Write as _;

use super::authorization_request::{AuthorizationRequest, Person};
use crate::{cloud::Cloud, reply::Reply};

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color:#172b4d;background:#fff}\
h1{font-size:1.4rem}label{display:block;margin:1rem 0 .3rem;font-weight:600}\
select,button{font:inherit;padding:.45rem .8rem;border-radius:4px;border:1px solid #8590a2;background:#fff;color:#172b4d}\
select{width:100%}.actions{margin-top:1.5rem;display:flex;gap:.6rem;justify-content:end}\
button[value=accept]{background:#0c66e4;border-color:#0c66e4;color:#fff}code{font-size:.9em}";

/// Asks a person to accept or to cancel. The form goes back to where the page came from.
pub(super) fn page(cloud: &Cloud, request: &AuthorizationRequest, people: &[Person], query: &str) -> Reply {
    let mut scopes = String::new();
    for scope in &request.scopes {
        let _ = write!(scopes, "<li><code>{}</code></li>", escape(scope));
    }
    let mut users = String::new();
    for person in people {
        let (id, name) = (escape(&person.account_id), escape(&person.name));
        let _ = write!(users, "<option value=\"{id}\">{name}</option>");
    }
    let mut sites = String::new();
    for site in &cloud.sites {
        let (id, name, url) = (escape(&site.cloud_id), escape(&site.name), escape(&site.url));
        let _ = write!(sites, "<option value=\"{id}\">{name} ({url})</option>");
    }
    html(
        200,
        "Grant access",
        &format!(
            "<h1>The sandbox's app is requesting access to your Atlassian account.</h1>\
             <ul>{scopes}</ul>\
             <form method=\"post\" action=\"/authorize?{query}\">\
             <label for=\"account_id\">You are</label>\
             <select id=\"account_id\" name=\"account_id\">{users}</select>\
             <label for=\"site\">Use app on</label>\
             <select id=\"site\" name=\"site\">{sites}</select>\
             <div class=\"actions\">\
             <button id=\"deny\" name=\"decision\" value=\"deny\">Cancel</button>\
             <button id=\"accept\" name=\"decision\" value=\"accept\">Accept</button>\
             </div></form>",
            query = escape(query),
        ),
    )
}

/// Says why nothing can be granted. The browser stays here.
pub(super) fn error_page(status: u16, error: &str, description: &str) -> Reply {
    let (error, description) = (escape(error), escape(description));
    let body = format!(
        "<h1>Something went wrong</h1><p id=\"description\">{description}</p><p><code id=\"error\">{error}</code></p>"
    );
    html(status, "Something went wrong", &body)
}

fn html(status: u16, title: &str, body: &str) -> Reply {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body>{body}</body></html>"
    );
    Reply::text(status, "text/html;charset=utf-8", &page)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
