//! The search for names near to one that somebody wrote.

use std::cmp::Reverse;

/// The most names that are offered.
const MAX_OFFERED: usize = 5;
/// Similarity below which a name is no help.
const MIN_SIMILARITY: f64 = 0.7;

/// The names nearest to `given`, best first: those that contain it or a word of it, and those
/// that are spelled alike.
#[must_use]
pub fn names<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let given = given.to_lowercase();
    let words: Vec<&str> =
        given.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).collect();
    let mut scored: Vec<(u32, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let mut score = strsim::jaro_winkler(&given, &lower);
            let shared = words.iter().filter(|word| lower.contains(**word)).count();
            if shared > 0 {
                #[expect(clippy::cast_precision_loss, reason = "counts of words in a name")]
                let share = shared as f64 / words.len() as f64;
                score = score.max(0.7 + 0.3 * share);
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a score from 0 to 1"
            )]
            (score >= MIN_SIMILARITY).then_some(((score * 1000.0) as u32, name))
        })
        .collect();
    scored.sort_by_key(|(score, name)| (Reverse(*score), name.len()));
    scored.dedup_by_key(|(_, name)| *name);
    scored.into_iter().take(MAX_OFFERED).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn near_names_come_first() {
        let tools = ["search_issues", "create_issue", "get_issue", "list_projects"];
        assert_eq!(super::names("serach_issues", tools)[0], "search_issues");
        assert_eq!(super::names("issue_create", tools)[0], "create_issue");
        assert!(super::names("xyz", tools).is_empty());
    }
}
