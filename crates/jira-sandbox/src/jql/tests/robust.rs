//! Whatever is asked, there is an answer.

use std::sync::LazyLock;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    super::Query,
    site::{ADA, GUEST, site},
};
use crate::world::World;

static WORLD: LazyLock<World> = LazyLock::new(site);

const WORDS: &[&str] = &[
    "project",
    "key",
    "status",
    "assignee",
    "labels",
    "fixVersion",
    "created",
    "due",
    "summary",
    "text",
    "sprint",
    "\"Story Points\"",
    "cf[10016]",
    "cf[",
    "parent",
    "priority",
    "Area",
    "votes",
    "filter",
    "timespent",
    "DEMO",
    "DEMO-2",
    "10000",
    "-7d",
    "Done",
    "'two words'",
    "\"open",
    "EMPTY",
    "null",
    "=",
    "!=",
    "~",
    "!~",
    "<",
    ">=",
    "in",
    "not in",
    "is",
    "is not",
    "was",
    "was not in",
    "changed",
    "after",
    "during",
    "by",
    "from",
    "to",
    "and",
    "or",
    "not",
    "!",
    "(",
    ")",
    ",",
    "[",
    "]",
    "order by",
    "asc",
    "desc",
    "currentUser()",
    "membersOf(developers)",
    "now()",
    "startOfDay(-1)",
    "openSprints()",
    "linkedIssues(DEMO-2)",
    "\\u0041",
    "\\",
    "*",
    "😀",
    "99999999999999999999",
];

proptest! {
    #[test]
    fn every_query_has_an_answer(words in vec(prop_oneof![9 => select(WORDS).prop_map(str::to_owned), 1 => "\\PC{0,5}"], 0..16)) {
        let source = words.join(" ");
        match Query::parse(&source) {
            Err(errors) => prop_assert_eq!(errors.len(), 1),
            Ok(query) => {
                prop_assert!(query.structure().is_object());
                match query.run(&WORLD, Some(GUEST)) {
                    Err(errors) => prop_assert!(!errors.is_empty()),
                    Ok(found) => prop_assert!(found.iter().all(|id| WORLD.sees(Some(GUEST), &WORLD.issues[id]))),
                }
            }
        }
    }

    /// Whoever puts a query in brackets, or joins it to another, finds what it finds.
    #[test]
    fn brackets_hold(conditions in vec(select(CONDITIONS), 1..5), joins in vec(select(&["and", "or"][..]), 4)) {
        let mut source = conditions[0].to_owned();
        for (condition, join) in conditions[1..].iter().zip(&joins) {
            source = format!("({source}) {join} {condition}");
        }
        let find = |source: &str| Query::parse(source).unwrap().run(&WORLD, Some(ADA)).unwrap();
        let plain = find(&source);
        prop_assert_eq!(&find(&format!("not (not ({source}))")), &plain);
        let walled = find(&format!("({source}) and project = DEMO"));
        prop_assert!(walled.iter().all(|id| plain.contains(id) && WORLD.issues[id].key.starts_with("DEMO-")));
        let opposite = find(&format!("not ({source})"));
        prop_assert!(opposite.iter().all(|id| !plain.contains(id)), "{source} and its opposite find the same");
    }
}

/// Each is either true, false or without a value for an issue.
const CONDITIONS: &[&str] = &[
    "project = OPS",
    "assignee = currentUser()",
    "assignee is empty",
    "labels in (payments, web)",
    "priority > Medium",
    "summary ~ card",
    "status was Done",
    "status changed by currentUser()",
    "due <= endOfWeek()",
    "\"Story Points\" > 2",
    "not type = Bug",
    "sprint in openSprints()",
];
