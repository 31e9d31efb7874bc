//! The cost of results for a model, and the number of requests that a call costs Jira. `.ci/run` prints these figures.

use serde_json::{Value, json};

use crate::support::{Agent, Jira};

/// Tokens as a model counts them (`o200k_base`).
pub(crate) fn tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len()
}

/// Prints a figure, and ends the test where it is over its bound.
#[expect(clippy::print_stdout, reason = "`.ci/run` shows these lines")]
pub(crate) fn figure(what: &str, value: usize, most: usize) {
    println!("figure: {what}: {value} (at most {most})");
    assert!(value <= most, "{what}: {value} is more than {most}");
}

/// A kilobyte as teams write it.
const DESCRIPTION: &str = "## What happens\n\nA shopper who pays by card and goes back in the browser sees the basket \
again, **with the old total**. Paying a second time books the amount twice. We saw this at three customers in the last \
week; support refunds by hand.\n\n## Steps\n\n1. Put two things into the basket and pay by card.\n2. Press *Back* in \
the browser before the confirmation is there.\n3. Press `Pay now` again.\n\n## What should happen\n\nThe second press \
finds the first payment and shows its confirmation. The key of the payment is made when the basket is made, not when \
the button is pressed:\n\n```java\nPaymentKey key = basket.paymentKey();\nreturn payments.findOrCreate(key, amount);\n\
```\n\n## Notes\n\n- The provider keeps keys for 24 hours, which is enough.\n- The old mobile app sends no key; for it \
the amount and the time stand in.\n- Logs: search for `duplicate_charge` in the payment service, from Monday on.\n- \
Whoever takes this: talk to the finance team first, they book the refunds and want to know when it is out.";

async fn agent() -> (Jira, Agent) {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    (jira, agent)
}

#[tokio::test]
async fn figures_of_a_search() {
    let (_jira, agent) = agent().await;
    let found = agent
        .ok("search_issues", json!({ "jql": "project = DEMO ORDER BY updated DESC", "limit": 10 }))
        .await;
    figure("search of 10 issues, text, tokens", tokens(&found.text), 500);
    figure("search of 10 issues, structured, tokens", tokens(&found.data.to_string()), 700);
}

#[tokio::test]
async fn figures_of_an_issue() {
    let (_jira, agent) = agent().await;
    let summary = "Paying twice after going back in the browser";
    let new = json!({
        "project": "DEMO", "type": "Bug", "summary": summary, "description": DESCRIPTION, "assignee": "me",
        "priority": "High", "labels": ["payments"],
    });
    let created = agent.ok("create_issue", new).await;
    figure("create_issue, text, tokens", tokens(&created.text), 80);
    let key = &created.data["key"];
    let changed = agent
        .ok("update_issue", json!({ "issue": key, "priority": "Medium", "summary": "Paying twice" }))
        .await;
    figure("update_issue, text, tokens", tokens(&changed.text), 80);
    let read = agent.ok("get_issue", json!({ "issue": key })).await;
    figure("get_issue with a 1 KB description, text, tokens", tokens(&read.text), 600);
}

/// With warm metadata and people by id, the calls that are made most cost the fewest requests there can be.
#[tokio::test]
async fn figures_of_requests() {
    let (jira, agent) = agent().await;
    let me = jira.info().users[0].account_id.clone();
    let new = json!({ "project": "DEMO", "type": "Task", "summary": "Counted", "assignee": me });
    let created = agent.ok("create_issue", new.clone()).await;
    let key = created.data["key"].clone();
    let rows: [(&str, Value, usize); 4] = [
        ("search_issues", json!({ "jql": "project = DEMO" }), 1),
        ("get_issue", json!({ "issue": key }), 1),
        ("add_comment", json!({ "issue": key, "body": "Counted" }), 1),
        ("create_issue", new, 2),
    ];
    for (tool, arguments, most) in rows {
        agent.ok(tool, arguments.clone()).await;
        jira.requests();
        agent.ok(tool, arguments).await;
        let requests = jira.requests();
        figure(&format!("{tool}, requests"), requests.len(), most);
    }
    // One read before it: with it comes the history, and again with the write, by which lost changes are told.
    let described = |text: &str| json!({ "issue": key, "description": text });
    agent.ok("update_issue", described("Counted")).await;
    jira.requests();
    agent.ok("update_issue", described("Counted again")).await;
    figure("update_issue with a description, requests", jira.requests().len(), 2);
    agent.ok("update_issue", json!({ "issue": key, "summary": "Counted once more" })).await;
    figure("update_issue without rich text, requests", jira.requests().len(), 1);
    agent.ok("transition_issue", json!({ "issue": key, "to": "In Progress" })).await;
    figure("transition_issue, requests", jira.requests().len(), 2);
}
