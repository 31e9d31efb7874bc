//! Instructions for the registration of an app, in the words and the order of Atlassian's developer console.

use std::fmt::Write as _;

/// The page on which apps are registered.
const CONSOLE: &str = "https://developer.atlassian.com/console/myapps/";

/// The console's names of the scopes that it lists under *Classic scopes*.
const CLASSIC: [(&str, &str); 10] = [
    ("read:jira-work", "View Jira issue data"),
    ("write:jira-work", "Create and manage issues"),
    ("read:jira-user", "View user profiles"),
    ("manage:jira-project", "Manage project settings"),
    ("manage:jira-configuration", "Manage Jira global settings"),
    ("manage:jira-webhook", "Manage Jira webhooks"),
    ("manage:jira-data-provider", "Manage development and release information"),
    ("read:servicedesk-request", "View Jira Service Management request data"),
    ("write:servicedesk-request", "Create and manage Jira Service Management requests"),
    ("manage:servicedesk-customer", "Manage Jira Service Management customers and organizations"),
];

/// Asked for with each sign-in, and nothing to tick.
const OFFLINE: &str = "offline_access";

/// The way through the console to an app with this callback URL and these scopes.
pub(super) fn registration(callback: &str, scopes: &[&str]) -> String {
    format!(
        "\nTo sign in with OAuth you need an app of your own in Atlassian's developer console. It takes a few\n\
         minutes, once:\n\
         \n\
         1  Open {CONSOLE}\n   \
            and choose Create > OAuth 2.0 integration. Any name will do.\n\
         2  Authorization: Add beside OAuth 2.0 (3LO), and this as the callback URL, exactly:\n      \
               {callback}\n\
         3  Permissions: Add beside Jira API, then Configure, and tick\n\
         {}\
         4  Distribution: leave it, unless other people shall sign in with your app; then Edit > Sharing.\n\
         5  Settings: copy Client ID and Secret from there to here.\n",
        ticks(scopes, "      ")
    )
}

/// The scopes to tick, in the console's groups.
pub(super) fn ticks(scopes: &[&str], indent: &str) -> String {
    let title = |scope: &str| CLASSIC.iter().find(|(code, _)| *code == scope).map(|(_, title)| *title);
    let (classic, granular): (Vec<&str>, Vec<&str>) =
        scopes.iter().copied().filter(|scope| *scope != OFFLINE).partition(|scope| title(scope).is_some());
    let width = classic.iter().map(|scope| scope.len()).max().unwrap_or_default();
    let mut text = String::new();
    if !classic.is_empty() {
        let _ = writeln!(text, "{indent}under Classic scopes > Edit Scopes:");
        for scope in classic {
            let _ = writeln!(text, "{indent}  [x] {scope:<width$}  {}", title(scope).unwrap_or_default());
        }
    }
    if !granular.is_empty() {
        let _ = writeln!(text, "{indent}under Granular scopes > Edit Scopes (its filter finds them):");
        for scope in granular {
            let _ = writeln!(text, "{indent}  [x] {scope}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_stand_where_the_console_has_them() {
        let text = registration(
            "http://localhost:8976/callback",
            &["read:jira-work", "read:sprint:jira-software", "offline_access", "read:jira-user"],
        );
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
        assert!(at("Classic scopes") < at("[x] read:jira-work  View Jira issue data"));
        assert!(at("[x] read:jira-user  View user profiles") < at("Granular scopes"));
        assert!(at("Granular scopes") < at("[x] read:sprint:jira-software\n"));
        assert!(!text.contains(OFFLINE), "{text}");
    }
}
