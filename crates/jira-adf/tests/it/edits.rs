//! Edits keep what they do not touch.

use jira_adf::edit::{Edit, EditError, apply_edits, replace, version};
use jira_adf::{self as adf, Document};
use serde_json::{Value, json};

fn ticket() -> Value {
    super::doc(json!([
        {"type": "heading", "attrs": {"level": 2, "localId": "h"}, "content": [{"type": "text", "text": "Login fails"}]},
        {"type": "paragraph", "attrs": {"localId": "p"}, "content": [
            {"type": "text", "text": "Seen by "},
            {"type": "mention", "attrs": {"id": "5b10", "text": "@Ann Lee", "accessLevel": "", "localId": "m"}},
            {"type": "text", "text": " on staging."}
        ]},
        {"type": "taskList", "attrs": {"localId": "list"}, "content": [
            {"type": "taskItem", "attrs": {"localId": "one", "state": "TODO"}, "content": [{"type": "text", "text": "Find it"}]},
            {"type": "taskItem", "attrs": {"localId": "two", "state": "TODO"}, "content": [{"type": "text", "text": "Fix it"}]}
        ]},
        {"type": "table", "attrs": {"isNumberColumnEnabled": false, "layout": "default", "localId": "t"}, "content": [
            {"type": "tableRow", "content": [{"type": "tableHeader", "attrs": {"colspan": 1}, "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Browser"}]}]}]},
            {"type": "tableRow", "content": [{"type": "tableCell", "attrs": {"localId": "c"}, "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Firefox"}]}]}]}
        ]},
        {"type": "futurePoll", "attrs": {"question": "Ship it?"}}
    ]))
}

fn edit(old: &str, new: &str) -> Edit {
    Edit { old: old.into(), new: new.into() }
}

fn edited(edits: &[Edit]) -> Result<Value, EditError> {
    let document = Document::from_value(&ticket()).expect("the ticket is a document");
    apply_edits(&document, edits).map(|parsed| parsed.finish().expect("edits leave a document").to_value())
}

#[test]
fn a_new_task_has_an_id_of_its_own() {
    fn ids(node: &Value, found: &mut Vec<String>) {
        found.extend(node["attrs"]["localId"].as_str().map(str::to_owned));
        node["content"].as_array().into_iter().flatten().for_each(|child| ids(child, found));
    }
    let whole = "- [ ] A\n- [ ] B\n- [ ] C";
    let first = adf::from_markdown(whole).unwrap().finish().unwrap();
    let fewer = replace(&first, "- [ ] A").unwrap().finish().unwrap();
    let again = replace(&fewer, whole).unwrap().finish().unwrap();
    let mut found = Vec::new();
    ids(&again.to_value(), &mut found);
    assert_eq!(found.len(), 4);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 4, "{}", again.to_value());
}

#[test]
fn untouched_blocks_are_as_they_were() {
    let after = edited(&[edit("Login fails", "Login fails on Firefox")]).unwrap();
    let before = ticket();
    assert_eq!(after["content"][0]["content"][0]["text"], "Login fails on Firefox");
    assert_eq!(
        after["content"][0]["attrs"],
        json!({"level": 2, "localId": "h"}),
        "the changed block keeps its id"
    );
    for at in 1..5 {
        assert_eq!(after["content"][at], before["content"][at]);
    }
}

#[test]
fn a_ticked_box_keeps_all_ids() {
    let after = edited(&[edit("- [ ] Find it", "- [x] Find it")]).unwrap();
    let list = &after["content"][2];
    assert_eq!(list["attrs"]["localId"], "list");
    assert_eq!(list["content"][0]["attrs"], json!({"state": "DONE", "localId": "one"}));
    assert_eq!(list["content"][1], ticket()["content"][2]["content"][1]);
}

#[test]
fn a_word_in_a_paragraph_leaves_the_mention_alone() {
    let after = edited(&[edit("on staging", "in production")]).unwrap();
    assert_eq!(after["content"][1]["content"][1], ticket()["content"][1]["content"][1]);
    assert_eq!(after["content"][1]["attrs"]["localId"], "p");
}

#[test]
fn a_changed_cell_keeps_the_table_around_it() {
    let after = edited(&[edit("Firefox", "Safari")]).unwrap();
    let (table, before) = (&after["content"][3], &ticket()["content"][3]);
    assert_eq!(table["attrs"]["localId"], "t");
    assert_eq!(table["attrs"]["layout"], "default");
    assert_eq!(table["content"][0], before["content"][0], "the untouched row");
    assert_eq!(table["content"][1]["content"][0]["attrs"]["localId"], "c");
}

#[test]
fn several_edits_apply_at_once_and_insertions_shift_nothing() {
    let after =
        edited(&[edit("Fix it", "Repair it"), edit("## Login fails", "Intro.\n\n## Login fails")]).unwrap();
    assert_eq!(after["content"][0]["content"][0]["text"], "Intro.");
    assert_eq!(after["content"][1], ticket()["content"][0]);
    assert_eq!(after["content"][3]["content"][1]["attrs"]["localId"], "two");
}

#[test]
fn a_moved_block_keeps_its_adf() {
    let document = Document::from_value(&ticket()).unwrap();
    let markdown = adf::to_markdown(&document);
    let (table, poll) = (markdown.find("| Browser").unwrap(), markdown.find("`adf:").unwrap());
    let moved = format!("{}\n\n{}", &markdown[table..poll], &markdown[..table]);
    let after = replace(&document, &moved).unwrap().document.to_value();
    assert_eq!(after["content"][0], ticket()["content"][3]);
    assert_eq!(after["content"][1], ticket()["content"][0]);
}

#[test]
fn a_person_who_was_in_the_text_is_known_by_name() {
    let after = edited(&[edit("Find it", "Find it, @[Ann Lee]")]).unwrap();
    assert_eq!(after["content"][2]["content"][0]["content"][1]["attrs"]["id"], "5b10");
    let document = Document::from_value(&ticket()).unwrap();
    let parsed = replace(&document, "Only @[Ann Lee] and @[Bob] are left.").unwrap();
    assert_eq!(parsed.mentions, ["Bob"]);
}

#[test]
fn a_miss_shows_what_is_near() {
    let error = edited(&[edit("Login failed", "x")]).unwrap_err();
    assert_eq!(
        error,
        EditError::NotFound { old: "Login failed".into(), near: vec!["## Login fails".into()] }
    );
    assert!(error.to_string().contains("## Login fails"), "{error}");
    assert!(matches!(edited(&[edit("zzzz", "x")]), Err(EditError::NotFound { near, .. }) if near.is_empty()));
}

#[test]
fn what_stands_twice_or_nowhere_or_overlaps_is_refused() {
    assert_eq!(
        edited(&[edit("- [ ] ", "x")]).unwrap_err(),
        EditError::Ambiguous { old: "- [ ] ".into(), count: 2 }
    );
    assert_eq!(edited(&[edit("", "x")]).unwrap_err(), EditError::Empty);
    let overlap = edited(&[edit("Find it", "x"), edit("ind", "y")]).unwrap_err();
    assert_eq!(overlap, EditError::Overlap("ind".into()));
}

#[test]
fn a_changed_placeholder_is_refused_and_a_missing_one_is_a_deletion() {
    let markdown = adf::to_markdown(&Document::from_value(&ticket()).unwrap());
    let seal = markdown.lines().find(|line| line.starts_with("`adf:")).unwrap();
    let broken = seal.replace("Ship it", "Sink it");
    let error = edited(&[edit(seal, &broken)]).unwrap_err();
    assert!(error.to_string().contains("copy an `adf:` placeholder exactly"), "{error}");
    let after = edited(&[edit(seal, "")]).unwrap();
    assert_eq!(after["content"].as_array().unwrap().len(), 4);
}

#[test]
fn the_version_follows_the_text() {
    let document = Document::from_value(&ticket()).unwrap();
    let first = version(&document);
    assert_eq!(first.len(), 8);
    assert_eq!(first, version(&document));
    let mut ids = ticket();
    ids["content"][0]["attrs"]["localId"] = json!("other");
    assert_eq!(first, version(&Document::from_value(&ids).unwrap()), "an id is not content");
    ids["content"][0]["content"][0]["text"] = json!("Login works");
    assert_ne!(first, version(&Document::from_value(&ids).unwrap()));
}
