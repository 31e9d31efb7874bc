//! Links between issues and to pages outside.

use serde_json::json;

use crate::support::Jira;

/// Two issues that nothing links yet.
fn strangers(jira: &Jira) -> [String; 3] {
    jira.sandbox.with_world(|world| {
        let linked: Vec<_> = world.links.values().flat_map(|link| [link.source, link.destination]).collect();
        let mut free = world
            .issues
            .values()
            .filter(|issue| issue.key.starts_with("DEMO-") && !linked.contains(&issue.id))
            .map(|issue| issue.key.clone());
        std::array::from_fn(|_| free.next().unwrap())
    })
}

#[tokio::test]
async fn a_link_reads_as_it_was_said_from_both_ends() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let [a, b, c] = strangers(&jira);
    agent.ok("list_link_types", json!({})).await;
    jira.requests();

    // (relation as given, words in the answer, words at the other end)
    for (relation, words, back) in [
        ("blocks", "blocks", "is blocked by"),
        ("is caused by", "is caused by", "causes"),
        ("Relates", "relates to", "relates to"),
    ] {
        let answer =
            agent.ok("link_issues", json!({"issue": a, "relation": relation, "targets": [b, c]})).await;
        assert_eq!(answer.data, json!({"linked": [format!("{a} {words} {b}"), format!("{a} {words} {c}")]}));
        assert_eq!(
            jira.requests(),
            [
                format!("GET /rest/api/3/issue/{a}"),
                "POST /rest/api/3/issueLink".into(),
                "POST /rest/api/3/issueLink".into()
            ]
        );
        let other = agent.ok("get_issue", json!({"issue": b, "include": "links"})).await;
        assert!(other.text.contains(&format!("{back} | {a}")), "{}", other.text);
        jira.requests();

        let again = agent.ok("link_issues", json!({"issue": b, "relation": back, "targets": a})).await;
        assert_eq!(again.data, json!({"already_linked": [format!("{b} {back} {a}")]}));
        assert_eq!(jira.requests(), [format!("GET /rest/api/3/issue/{b}")], "nothing is written twice");
    }
}

#[tokio::test]
async fn an_unknown_relation_or_target_is_answered_with_what_there_is() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let [a, b, _] = strangers(&jira);
    for (arguments, expected) in [
        (json!({"issue": a, "relation": "depends on", "targets": [b]}), "use one of: blocks; is blocked by;"),
        (json!({"issue": a, "relation": "blocks", "targets": [a]}), "cannot be linked with itself"),
        (json!({"issue": a, "relation": "blocks", "targets": []}), "at least one issue"),
        (json!({"issue": a, "relation": "blocks", "targets": ["DEMO-99999"]}), "does not exist"),
        (json!({"issue": "DEMO-99999", "relation": "blocks", "targets": [b]}), "does not exist"),
        (json!({"issue": a, "relation": "blocks", "targets": "nonsense"}), "`nonsense` is no issue"),
    ] {
        let text = agent.refused("link_issues", arguments.clone()).await;
        assert!(text.contains(expected), "{arguments}: {text}");
    }
    let half = agent
        .ok("link_issues", json!({"issue": a, "relation": "blocks", "targets": ["DEMO-99999", b]}))
        .await;
    assert_eq!(half.data["linked"], json!([format!("{a} blocks {b}")]));
    assert!(
        half.data["failed"][0].as_str().unwrap().starts_with(&format!("{a} blocks DEMO-99999: ")),
        "{half:?}"
    );
}

#[tokio::test]
async fn only_the_link_that_was_named_is_removed() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let [a, b, c] = strangers(&jira);
    agent.ok("link_issues", json!({"issue": a, "relation": "blocks", "targets": [b, c]})).await;
    agent.ok("link_issues", json!({"issue": a, "relation": "relates to", "targets": b})).await;

    let text = agent.refused("unlink_issues", json!({"issue": a, "targets": b})).await;
    assert!(text.contains("Several links fit") && text.contains("blocks; relates to"), "{text}");
    let text =
        agent.refused("unlink_issues", json!({"issue": a, "targets": b, "relation": "is blocked by"})).await;
    assert!(text.contains("use one of: blocks; relates to"), "{text}");

    let answer =
        agent.ok("unlink_issues", json!({"issue": b, "targets": a, "relation": "is blocked by"})).await;
    assert_eq!(answer.data, json!({"unlinked": [format!("{b} is blocked by {a}")]}));
    let answer = agent.ok("unlink_issues", json!({"issue": a, "targets": c})).await;
    assert_eq!(answer.data, json!({"unlinked": [format!("{a} blocks {c}")]}));
    let left = agent.ok("get_issue", json!({"issue": a, "include": "links"})).await;
    assert_eq!(left.data["links"].as_array().unwrap().len(), 1, "{}", left.text);
    assert_eq!(left.data["links"][0]["relation"], "relates to");

    let text = agent.refused("unlink_issues", json!({"issue": a, "targets": c})).await;
    assert!(text.contains(&format!("{a} has no link with {c}")), "{text}");
}

#[tokio::test]
async fn a_page_is_linked_once_and_an_update_clears_nothing() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let [a, ..] = strangers(&jira);
    let url = "https://example.com/runbook?id=1&x=y";
    let add = |title: &str| json!({"issue": a, "url": url, "title": title, "relation": "mentioned in"});
    assert_eq!(agent.ok("add_remote_link", add("Runbook")).await.data["result"], "created");
    let first = agent.ok("list_remote_links", json!({"issue": a})).await;
    assert_eq!(
        first.data["remote_links"][0],
        json!({"id": first.data["remote_links"][0]["id"], "relation": "mentioned in", "title": "Runbook", "url": url})
    );

    let renamed = agent.ok("add_remote_link", json!({"issue": a, "url": url, "title": "Runbook v2"})).await;
    assert_eq!(renamed.data["result"], "updated");
    let second = agent.ok("list_remote_links", json!({"issue": a})).await;
    let links = second.data["remote_links"].as_array().unwrap();
    assert_eq!(links.len(), 1, "{}", second.text);
    assert_eq!((&links[0]["title"], &links[0]["relation"]), (&json!("Runbook v2"), &json!("mentioned in")));

    let text = agent.refused("add_remote_link", json!({"issue": a, "url": "runbook"})).await;
    assert!(text.contains("`url` takes a whole address"), "{text}");
    let text = agent.refused("delete_remote_link", json!({"issue": a, "link": "https://example.com/"})).await;
    assert!(text.contains(url), "the candidates are named: {text}");
    assert_eq!(
        agent.ok("delete_remote_link", json!({"issue": a, "link": url})).await.data["result"],
        "deleted"
    );
    let none = agent.ok("list_remote_links", json!({"issue": a})).await;
    assert_eq!(none.data, json!({"remote_links": []}));
}
