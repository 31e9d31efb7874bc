//! The rules that hold wherever rich text is written: mentions, wiki markup, raw ADF.

use serde_json::{Value, json};

use crate::support::{Agent, Answer, Jira};

/// The places where rich text is written.
#[derive(Debug, Clone, Copy)]
enum Place {
    Created,
    Description,
    Environment,
    CustomField,
    TransitionField,
    TransitionComment,
    NewComment,
    Comment,
    NewWorklog,
    Worklog,
}

use Place::{
    Comment, Created, CustomField, Description, Environment, NewComment, NewWorklog, TransitionComment,
    TransitionField, Worklog,
};

const PLACES: [Place; 10] = [
    Created,
    Description,
    Environment,
    CustomField,
    TransitionField,
    TransitionComment,
    NewComment,
    Comment,
    NewWorklog,
    Worklog,
];

/// The toolsets that write rich text.
const TOOLSETS: [(&str, &str); 1] = [("JIRA_TOOLSETS", "default,worklogs")];

/// An incident whose cause is known, by its key.
async fn incident(agent: &Agent) -> String {
    let new = json!({"project": "OPS", "type": "Incident", "summary": "Checkout is slow"});
    let key = agent.ok("create_issue", new).await.data["key"].as_str().unwrap().to_owned();
    agent.ok("transition_issue", json!({"issue": key, "to": "Identified"})).await;
    key
}

impl Place {
    /// The call that writes a text here, on an issue of its own.
    async fn call(self, agent: &Agent, text: &Value) -> (&'static str, Value) {
        let key = incident(agent).await;
        match self {
            Created => (
                "create_issue",
                json!({"project": "OPS", "type": "Incident", "summary": "x", "description": text}),
            ),
            Description => ("update_issue", json!({"issue": key, "description": text})),
            Environment => ("update_issue", json!({"issue": key, "fields": {"Environment": text}})),
            CustomField => ("update_issue", json!({"issue": key, "fields": {"Root cause": text}})),
            TransitionField => (
                "transition_issue",
                json!({"issue": key, "to": "Resolved", "fields": {"Resolution": "Done", "Root cause": text}}),
            ),
            TransitionComment => {
                ("transition_issue", json!({"issue": key, "to": "Monitoring", "comment": text}))
            }
            NewComment => ("add_comment", json!({"issue": key, "body": text})),
            Comment => {
                let comment = agent.ok("add_comment", json!({"issue": key, "body": "Before."})).await;
                ("update_comment", json!({"issue": key, "comment": comment.data["id"], "body": text}))
            }
            NewWorklog => ("add_worklog", json!({"issue": key, "spent": "1h", "comment": text})),
            Worklog => {
                let worklog =
                    agent.ok("add_worklog", json!({"issue": key, "spent": "1h", "comment": "Before."})).await;
                ("update_worklog", json!({"issue": key, "worklog": worklog.data["id"], "comment": text}))
            }
        }
    }

    /// Writes a text here; gives the answer and the issue.
    async fn write(self, agent: &Agent, text: &Value) -> (Answer, String) {
        let (tool, arguments) = self.call(agent, text).await;
        let answer = agent.ok(tool, arguments.clone()).await;
        let key = arguments.get("issue").unwrap_or(&answer.data["key"]).as_str().unwrap().to_owned();
        (answer, key)
    }

    /// The ADF that Jira has here now.
    async fn stored(self, agent: &Agent, key: &str) -> Value {
        let include = json!(["comments", "worklogs"]);
        let issue = agent.ok("get_issue", json!({"issue": key, "format": "adf", "include": include})).await;
        match self {
            Created | Description => issue.data["description"].clone(),
            Environment => issue.data["fields"]["Environment"].clone(),
            CustomField | TransitionField => issue.data["fields"]["Root cause"].clone(),
            TransitionComment | NewComment | Comment => issue.data["comments"][0]["body"].clone(),
            NewWorklog | Worklog => issue.data["worklogs"][0]["comment"].clone(),
        }
    }
}

#[tokio::test]
async fn mentions_by_name_and_mail_become_mentions_everywhere() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&TOOLSETS).await;
    let [first, second] = [&jira.info().users[0], &jira.info().users[1]];
    let text = json!(format!("@[{}] and @[{}] know.", first.name, second.email));
    for place in PLACES {
        let (_, key) = place.write(&agent, &text).await;
        let stored = place.stored(&agent, &key).await;
        let words = &stored["content"][0]["content"];
        for (at, user) in [(0, first), (2, second)] {
            assert_eq!(words[at]["attrs"]["id"], user.account_id, "{place:?}: {stored}");
            assert_eq!(words[at]["attrs"]["text"], format!("@{}", user.name), "{place:?}");
        }
    }
}

#[tokio::test]
async fn wiki_markup_is_reported_everywhere() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&TOOLSETS).await;
    for place in PLACES {
        let (answer, _) = place.write(&agent, &json!("h1. Cause\n\n||a||b||\n\n{code}x{code}")).await;
        for markup in ["`h1. `", "`||head||`", "`{code`"] {
            assert!(
                answer.text.contains(&format!("{markup} is Jira wiki markup")),
                "{place:?}: {}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn raw_adf_is_stored_as_it_is_everywhere_as_an_object_or_as_text() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&TOOLSETS).await;
    let document = json!({"type": "doc", "version": 1, "content": [
        {"type": "panel", "attrs": {"panelType": "note", "localId": "mine"}, "content": [
            {"type": "paragraph", "attrs": {"localId": "mine too"}, "content": [{"type": "text", "text": "Mind this.", "marks": [{"type": "underline"}]}]}]},
    ]});
    for place in PLACES {
        for text in [document.clone(), document.to_string().into()] {
            let (_, key) = place.write(&agent, &text).await;
            assert_eq!(place.stored(&agent, &key).await, document, "{place:?}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_stored_as_it_is_meant_is_refused_everywhere_before_anything_is_sent() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&TOOLSETS).await;
    let faulty = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "x"}]}, {"type": "paragraph", "text": "y"}]});
    let broken = r#"{"type": "doc", "version": 1, "content": [}"#;
    for (text, expected) in [
        (json!("@[a] knows"), "Several users fit `@[a]`"),
        (json!("@[Nobody Atall] knows"), "No user fits `@[Nobody Atall]`"),
        (faulty.clone(), "the node at /content/1 is `paragraph` with `text`"),
        (faulty.to_string().into(), "the node at /content/1 is `paragraph` with `text`"),
        (broken.into(), "is no JSON"),
    ] {
        for place in PLACES {
            let (tool, arguments) = place.call(&agent, &text).await;
            jira.requests();
            let told = agent.refused(tool, arguments).await;
            assert!(told.contains(expected), "{place:?} {text}: {told}");
            let requests = jira.requests();
            assert!(
                requests.iter().all(|request| request.starts_with("GET ")),
                "{place:?} {text}: {requests:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_line_takes_no_document() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let document = json!({"type": "doc", "version": 1, "content": []});
    let text =
        agent.refused("update_issue", json!({"issue": "DEMO-5", "fields": {"Summary": document}})).await;
    assert!(text.contains("Summary takes text, one line"), "{text}");
}
