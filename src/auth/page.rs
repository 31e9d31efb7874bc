//! The page that a browser shows at the end of a sign-in.
//!
//! It is whole in itself: no script, nothing fetched, and a policy that forbids both. Whatever
//! comes from outside is escaped here, and nowhere else.

use std::fmt::Write as _;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::profile::Profile;
use crate::error::{Error, Reader};

/// A page at the end of a sign-in, by what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// The sign-in is complete.
    SignedIn {
        /// Display name of the account.
        name: String,
        /// The site's host, such as `acme.atlassian.net`.
        site: String,
    },
    /// Access was given to several sites, and the person is asked for one where the sign-in began.
    Choose,
    /// The person said no on Atlassian's page.
    Denied,
    /// The sign-in came to nothing.
    Failed {
        /// The problem, as a sentence.
        problem: String,
        /// The next step for the person, as a sentence.
        fix: String,
    },
    /// The request belongs to no sign-in that waits here.
    StaleLink,
    /// The way to Atlassian's page has been taken already.
    UsedLink,
    /// There is nothing under this address.
    NotFound,
}

/// Look of a page at a glance.
#[derive(Clone, Copy)]
enum Tone {
    Good,
    Neutral,
    Bad,
}

impl Page {
    /// The page for how a sign-in ended: with a profile that is stored now, or without one, where the person may have `denied` it.
    #[must_use]
    pub fn for_result(result: Result<&Profile, &Error>, denied: bool) -> Self {
        match result {
            Ok(Profile { person, site, .. }) => Self::SignedIn {
                name: person.name.clone(),
                site: site.url.host_str().unwrap_or_default().to_owned(),
            },
            Err(_) if denied => Self::Denied,
            Err(error) => Self::Failed {
                problem: error.problem_for(Reader::Shell),
                fix: error.hint_for(Reader::Shell).unwrap_or_default(),
            },
        }
    }

    /// The status line's code and reason.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } | Self::Choose | Self::Denied => "200 OK",
            Self::Failed { .. } => "502 Bad Gateway",
            Self::StaleLink => "400 Bad Request",
            Self::UsedLink => "410 Gone",
            Self::NotFound => "404 Not Found",
        }
    }

    /// The document.
    #[must_use]
    pub fn html(&self) -> String {
        let (tone, title, text, next) = match self {
            Self::SignedIn { name, site } => (
                Tone::Good,
                "You are signed in",
                format!("As {} on {}.", strong(name), strong(site)),
                "Your AI client can use Jira now. You can close this tab.",
            ),
            Self::Choose => (
                Tone::Neutral,
                "One step is left",
                "The sign-in opens more than one site, and nothing is stored yet.".to_owned(),
                "Go back to the terminal, and choose the site there. You can close this tab.",
            ),
            Self::Denied => (
                Tone::Neutral,
                "Nothing was allowed",
                "You said no on Atlassian’s page, so Jira stays closed to your AI client. Nothing was stored."
                    .to_owned(),
                "You can close this tab. To change your mind, start the sign-in again.",
            ),
            Self::Failed { problem, fix } => (
                Tone::Bad,
                "The sign-in did not work",
                escape_html(problem),
                // The fix is escaped below like every other line.
                fix.as_str(),
            ),
            Self::StaleLink => (
                Tone::Bad,
                "This link is out of date",
                "It belongs to another sign-in than the one that waits here, and was not used.".to_owned(),
                "Go on in the tab of the present sign-in, or start again.",
            ),
            Self::UsedLink => (
                Tone::Bad,
                "This link has been used",
                "It leads to Atlassian’s page once, in the browser that was opened for you.".to_owned(),
                "Go on in that tab. If you have seen none, press Ctrl-C where the sign-in began, and start again.",
            ),
            Self::NotFound => (
                Tone::Neutral,
                "Nothing to see here",
                "A sign-in to Jira waits behind this address; only Atlassian’s page leads to it.".to_owned(),
                "You can close this tab.",
            ),
        };
        let (class, mark) = match tone {
            Tone::Good => ("good", r#"<path d="m7.5 12.4 3.1 3.1 6-6.6"/>"#),
            Tone::Neutral => ("neutral", r#"<path d="M8 12h8"/>"#),
            Tone::Bad => ("bad", r#"<path d="M12 7.5v5.2M12 16.4v.1"/>"#),
        };
        let mut html = String::with_capacity(4096);
        let _ = write!(
            html,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · mcp-server-jira</title>\n\
             <style>{STYLE}</style>\n</head>\n<body class=\"{class}\">\n<main>\n\
             <svg class=\"mark\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"12\"/>{mark}</svg>\n\
             <h1>{title}</h1>\n<p>{text}</p>\n<p class=\"next\">{}</p>\n</main>\n\
             <footer>{LOGO}mcp-server-jira</footer>\n</body>\n</html>\n",
            escape_html(next)
        );
        html
    }

    /// The whole HTTP/1.1 reply, after which the connection is closed.
    #[must_use]
    pub fn reply(&self) -> Vec<u8> {
        let html = self.html();
        format!(
            "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{html}",
            self.status(),
            html.len(),
            policy(),
        )
        .into_bytes()
    }
}

/// The whole HTTP/1.1 reply that leads a browser on to this address.
pub(super) fn redirect_to(address: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 303 See Other\r\nLocation: {address}\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// The content security policy, which allows the page its own style sheet, by its digest, and nothing else.
fn policy() -> String {
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn strong(text: &str) -> String {
    format!("<strong>{}</strong>", escape_html(text))
}

/// Text as HTML: for element content and quoted attributes.
fn escape_html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

const LOGO: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M12 1 23 12 12 23 8 19l7-7-7-7z\"/>\
<path class=\"light\" d=\"M8 5 12 9 9 12l3 3-4 4-7-7z\"/></svg>";

const STYLE: &str = "
:root {
  color-scheme: light dark;
  --back: #f4f5f7; --glow: #e4ecfb; --card: #fff; --line: #dfe2e8; --text: #172b4d; --soft: #5b6880;
  --good: #1f845a; --neutral: #44546f; --bad: #c9372c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171c; --glow: #1c2840; --card: #1d2127; --line: #323942; --text: #e3e8f0; --soft: #9aa7b9;
    --good: #4bce97; --neutral: #8c9bab; --bad: #f87168;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh; padding: 24px; display: flex; flex-direction: column; align-items: center;
  justify-content: center; gap: 28px; color: var(--text);
  background: radial-gradient(60rem 32rem at 50% -8rem, var(--glow), transparent) var(--back);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
.good { --mood: var(--good); } .neutral { --mood: var(--neutral); } .bad { --mood: var(--bad); }
main {
  width: 100%; max-width: 29rem; padding: 44px 40px 40px; text-align: center; background: var(--card);
  border: 1px solid var(--line); border-radius: 16px;
  box-shadow: 0 1px 2px rgb(9 30 66 / 6%), 0 12px 36px -12px rgb(9 30 66 / 20%);
}
.mark { width: 56px; height: 56px; fill: none; stroke: var(--mood); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.mark circle { fill: var(--mood); fill-opacity: .1; stroke: none; }
h1 { margin: 22px 0 10px; font-size: 24px; line-height: 1.25; font-weight: 650; letter-spacing: -.012em; text-wrap: balance; }
p { overflow-wrap: anywhere; text-wrap: balance; }
strong { font-weight: 600; }
.next { margin-top: 20px; padding-top: 20px; border-top: 1px solid var(--line); color: var(--soft); font-size: 15px; }
footer { display: flex; align-items: center; gap: 8px; color: var(--soft); font-size: 13px; letter-spacing: .01em; }
footer svg { width: 18px; height: 18px; fill: #1868db; }
footer .light { fill: #85b8ff; }
@media (max-width: 30rem) { main { padding: 36px 24px 32px; } }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_text() {
        let evil = "<script>alert('x')</script>\"&";
        let pages = [
            Page::SignedIn { name: evil.into(), site: evil.into() },
            Page::Failed { problem: evil.into(), fix: evil.into() },
        ];
        for page in pages {
            let html = page.html();
            assert!(!html.contains("<script"), "{html}");
            assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"), "{html}");
        }
    }

    #[test]
    fn the_policy_lets_in_the_style_and_nothing_else() {
        let reply = String::from_utf8(Page::Denied.reply()).unwrap();
        let (head, html) = reply.split_once("\r\n\r\n").unwrap();
        let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
        assert!(head.contains(&format!("default-src 'none'; style-src 'sha256-{digest}'")), "{head}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", html.len())), "{head}");
        for other in [" style=", "src=", "href=", "url(", "@import"] {
            assert!(!html.contains(other), "{other}");
        }
    }
}
