//! People: the user that `me`, an e-mail address, a name or an account id means.

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::Client;
use crate::jira::platform::user::{User, UserScope, users};
use crate::jira::transport::cache::CacheKind;
use crate::jira::values::field;
use crate::nearest;

/// The number of people that one look-up asks for: more than a person would choose from.
const MAX_LOOKED_AT: u32 = 20;
/// The number of people that an error offers.
const MAX_OFFERED: usize = 8;

impl User {
    /// The user as an error offers it, in a form that [`Client::person`] takes back.
    fn offered(&self) -> String {
        let inactive = if self.active { "" } else { ", inactive" };
        match self.email() {
            Some(email) => format!("{} <{email}>{inactive}", self.name()),
            None => format!("{} ({}){inactive}", self.name(), self.account_id),
        }
    }
}

/// A user who is certainly meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Atlassian account id.
    pub account_id: String,
    /// Display name; `None` where only the id was given, as that needs no look-up.
    pub name: Option<String>,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { account_id: user.account_id.clone(), name: user.display_name.clone() }
    }
}

impl UserScope<'_> {
    /// The part of a cache key that tells one group of people from another.
    fn scope(&self) -> &str {
        match self {
            Self::Everyone => "",
            Self::AssignableIn(project) => project.as_str(),
            Self::AssignableTo(issue) => issue.as_str(),
        }
    }
}

/// People whom a name certainly means, cached by the scope and what was given.
enum People {}

impl CacheKind for People {
    type Key = (String, String);
    type Value = Person;
}

impl Client {
    /// People whose name or e-mail address has a word that begins with `query`, at most `limit`.
    /// Empty also where this account may not browse users.
    ///
    /// # Errors
    /// As every request.
    pub async fn find_users(&self, query: &str, among: UserScope<'_>, limit: u32) -> Result<Vec<User>> {
        self.send(users(query, among).query("maxResults", limit)).await?.json()
    }

    /// The one person whom `given` names: `me`, an account id (neither asks Jira), an e-mail
    /// address, a display name or its beginning. A look-up that succeeded is kept for a while.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with the candidates where nobody or more than one person fits,
    /// [`Error::InvalidArgument`] for somebody who is there but cannot be assigned.
    pub async fn person(&self, given: &str, among: UserScope<'_>) -> Result<Person> {
        let given = handle(given);
        if matches!(given.to_lowercase().as_str(), "me" | "myself" | "currentuser()") {
            let me = self.identity().await?;
            return Ok(Person { account_id: me.account_id, name: Some(me.name) });
        }
        if is_account_id(given) {
            return Ok(Person { account_id: given.to_owned(), name: None });
        }
        if given.is_empty() {
            return Err(unresolved(given, &[], false));
        }
        let key = (among.scope().to_owned(), given.to_lowercase());
        let person = self.site.caches.of::<People>().get(key, || self.look_up(given, among)).await?;
        Ok(person.as_ref().clone())
    }

    async fn look_up(&self, given: &str, among: UserScope<'_>) -> Result<Person> {
        let found = self.find_users(given, among, MAX_LOOKED_AT).await?;
        match choose(given, &found) {
            Choice::One(user) => Ok(user.into()),
            Choice::Several(users) => Err(unresolved(given, &users, true)),
            Choice::None if matches!(among, UserScope::Everyone) => {
                Err(unresolved(given, &self.alike(given, among).await?, false))
            }
            Choice::None => {
                let everyone = self.find_users(given, UserScope::Everyone, MAX_LOOKED_AT).await?;
                if let Choice::One(user) = choose(given, &everyone) {
                    let to_issue = matches!(among, UserScope::AssignableTo(_));
                    let problem = ArgumentProblem::NotAssignable { user: user.offered(), to_issue };
                    return Err(InvalidArgument::field("assignee", problem).into());
                }
                Err(unresolved(given, &self.alike(given, among).await?, false))
            }
        }
    }

    /// People with a name like `given`, for an error to offer: those who share a word with it or
    /// the beginning of one.
    async fn alike(&self, given: &str, among: UserScope<'_>) -> Result<Vec<User>> {
        let word = given.split(|c: char| !c.is_alphanumeric()).max_by_key(|word| word.chars().count());
        let start: String = word.unwrap_or_default().chars().take(3).collect();
        let mut queries = vec![start];
        queries.extend(given.split_whitespace().next().filter(|first| *first != given).map(str::to_owned));
        for query in queries.into_iter().rev().filter(|query| !query.is_empty()) {
            let found = self.find_users(&query, among, MAX_LOOKED_AT).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.check_browsing().await?;
        Ok(Vec::new())
    }
}

enum Choice<'a> {
    None,
    One(&'a User),
    Several(Vec<User>),
}

/// The user that a look-up certainly found: an exact e-mail address or name before a beginning, and open accounts
/// before closed ones.
fn choose<'a>(given: &str, found: &'a [User]) -> Choice<'a> {
    let wanted = field::loose(given);
    let exact = |user: &&User| {
        user.email().is_some_and(|email| email.eq_ignore_ascii_case(given))
            || (!given.contains('@') && field::loose(user.name()) == wanted)
    };
    let is_address = given.contains('@');
    let active: Vec<&User> = found.iter().filter(|user| user.active).collect();
    let exact: Vec<&User> = active.iter().copied().filter(exact).collect();
    // Jira finds a hidden address too, but a shown one that differs only begins alike.
    let fitting = |user: &&User| !is_address || user.email().is_none();
    let fits: Vec<&User> =
        if exact.is_empty() { active.into_iter().filter(fitting).collect() } else { exact };
    match fits.as_slice() {
        [user] => Choice::One(user),
        [] if found.is_empty() || is_address => Choice::None,
        [] => Choice::Several(found.to_vec()),
        several => Choice::Several(several.iter().map(|user| (*user).clone()).collect()),
    }
}

fn unresolved(given: &str, users: &[User], ambiguous: bool) -> Error {
    let near = nearest::names(given, users.iter().map(User::name));
    let mut offered: Vec<&User> = users.iter().collect();
    offered.sort_by_key(|user| near.iter().position(|name| name == user.name()).unwrap_or(usize::MAX));
    let more = offered.len().saturating_sub(MAX_OFFERED);
    let mut candidates: Vec<String> = offered.iter().take(MAX_OFFERED).map(|user| user.offered()).collect();
    if more > 0 {
        candidates.push(format!("and {more} more"));
    }
    Error::Unresolved { kind: "user", given: given.to_owned(), candidates, ambiguous }
}

/// The part of what was written that names the person: `Ana Silva <ana@example.com>` and
/// `Ana Silva (5b10...)` are forms that errors offer.
fn handle(given: &str) -> &str {
    let given = given.trim().trim_start_matches('@').trim();
    let given = given.strip_prefix("accountid:").unwrap_or(given);
    let inner = |open, close| {
        let (_, rest) = given.rsplit_once(open)?;
        rest.trim_end().strip_suffix(close).map(str::trim)
    };
    inner('<', '>')
        .filter(|inner| inner.contains('@'))
        .or_else(|| inner('(', ')').filter(|inner| is_account_id(inner)))
        .unwrap_or(given)
}

/// True for what has the form of an account id: `712020:6f0e...`, or 24 letters and digits.
fn is_account_id(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_'));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let long = match text.split_once(':') {
        Some((realm, rest)) => !realm.is_empty() && rest.len() >= 8,
        None => text.len() == 24 && text.bytes().all(|b| b.is_ascii_alphanumeric()),
    };
    plain && long && digits > 0 && text.len() <= 128
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, email: Option<&str>, active: bool) -> User {
        User {
            account_id: format!("712020:{}", field::loose(name)),
            display_name: Some(name.into()),
            email_address: email.map(str::to_owned),
            active,
            account_type: None,
            time_zone: None,
        }
    }

    #[test]
    fn account_ids_need_no_look_up() {
        for id in [
            "5b10a2844c20165700ede21g",
            "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077",
            "712020:6f0e3a1c-1111-2222-3333-444455556666",
            "qm:0f1e2d3c-1111:2222",
        ] {
            assert!(is_account_id(id), "{id}");
        }
        for name in ["Ana", "ana@example.com", "Christopher Montgomery 3rd", "Team: Blue", "bob"] {
            assert!(!is_account_id(name), "{name}");
        }
    }

    #[test]
    fn what_an_error_offers_can_be_given_back() {
        assert_eq!(handle(&user("Ana Silva", Some("ana@example.com"), true).offered()), "ana@example.com");
        let hidden = User { account_id: "5b10a2844c20165700ede21g".into(), ..user("Ana", None, true) };
        assert_eq!(handle(&hidden.offered()), "5b10a2844c20165700ede21g");
        assert_eq!(handle(" @Ana Silva "), "Ana Silva");
        assert_eq!(handle("Bo (Sales)"), "Bo (Sales)");
    }

    #[test]
    fn one_person_is_chosen_or_the_candidates_are_named() {
        let ana = user("Ana Silva", Some("ana@example.com"), true);
        let anabel = user("Anabel Costa", Some("ana@example.com.br"), true);
        let gone = user("Ana Silva", Some("ana.silva@example.com"), false);
        let hidden = user("Bo", None, true);
        let everyone = [ana.clone(), anabel.clone(), gone.clone()];
        let table: [(&str, &[User], Option<&str>); 6] = [
            ("ana silva", &everyone, Some("Ana Silva")),
            ("ANA@example.com", &everyone, Some("Ana Silva")),
            ("ana", &everyone, None),
            ("anab", std::slice::from_ref(&anabel), Some("Anabel Costa")),
            ("bo@example.com", std::slice::from_ref(&hidden), Some("Bo")),
            ("ana@example.co", &everyone, None),
        ];
        for (given, found, expected) in table {
            let chosen = match choose(given, found) {
                Choice::One(user) => Some(user.name()),
                Choice::None | Choice::Several(_) => None,
            };
            assert_eq!(chosen, expected, "{given}");
        }
        let Choice::Several(offered) = choose("ana", &everyone) else { panic!("two fit") };
        let text = unresolved("ana", &offered, true).to_string();
        assert!(text.contains("Several users fit `ana`; name one of: "), "{text}");
        assert!(text.contains("Ana Silva <ana@example.com>") && text.contains("Anabel Costa"), "{text}");
        assert!(!text.contains("inactive"), "{text}");
    }
}
