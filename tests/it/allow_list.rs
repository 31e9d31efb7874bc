//! The operator's allow-list of projects holds for every container, found by its id, and tells nothing of what lies
//! outside: not even whether it exists.

use jira_sandbox::world::{BoardKind, World};
use mcp_server_jira::jira::{Client, Limits};

use crate::support::Jira;

/// Ids of one container of each kind in a project.
pub(crate) struct Containers {
    pub(crate) board: u64,
    pub(crate) sprint: u64,
    version: u64,
    component: u64,
    filter: u64,
}

pub(crate) fn containers(world: &mut World, project: &str) -> Containers {
    let (id, lead) = {
        let found = world.projects.values().find(|found| found.key == project).unwrap();
        (found.id, found.lead.clone())
    };
    let jql = format!("project = {project}");
    let board = world.add_board(id, "Planning", BoardKind::Scrum, &lead, &jql);
    let sprint = world.add_sprint(board, "Planned sprint", "");
    let version = world.add_version(id, "9.9");
    let component = world.add_component(id, "Planning", "", None);
    let filter = world.add_filter("Planning", &lead, &jql);
    Containers { board, sprint, version, component, filter }
}

async fn proofs(client: &Client, of: &Containers) -> Vec<Result<(), String>> {
    fn told<T>(proof: Result<T, mcp_server_jira::error::Error>) -> Result<(), String> {
        proof.map(drop).map_err(|error| error.to_string())
    }
    vec![
        told(client.allowed_board(of.board).await),
        told(client.allowed_sprint(of.sprint).await),
        told(client.allowed_version(of.version).await),
        told(client.allowed_component(of.component).await),
        told(client.allowed_filter(of.filter).await),
    ]
}

#[tokio::test]
async fn a_container_is_let_through_by_its_project_alone() {
    let jira = Jira::start().await;
    let (inside, outside) =
        jira.sandbox.with_world(|world| (containers(world, "DEMO"), containers(world, "OPS")));
    let nothing = Containers { board: 999, sprint: 999, version: 999, component: 999, filter: 999 };
    let config = jira.config(&[("JIRA_PROJECTS", "DEMO")]);
    let limits = Limits { read_only: false, projects: config.gates.projects.map(Into::into) };
    let client = Client::new(config.account, limits).unwrap();
    assert!(proofs(&client, &inside).await.iter().all(Result::is_ok), "{:?}", proofs(&client, &inside).await);
    let hidden = proofs(&client, &outside).await;
    let missing = proofs(&client, &nothing).await;
    let ids = [outside.board, outside.sprint, outside.version, outside.component, outside.filter];
    for ((hidden, missing), id) in hidden.iter().zip(&missing).zip(ids) {
        let (hidden, missing) = (hidden.as_ref().unwrap_err(), missing.as_ref().unwrap_err());
        assert_eq!(hidden.replace(&id.to_string(), "999"), *missing);
        assert!(missing.contains("outside the projects"), "{missing}");
    }
    // A proof is kept.
    jira.requests();
    proofs(&client, &inside).await;
    assert_eq!(jira.requests().len(), 1, "a filter is asked about again, as it may be changed");
}

#[tokio::test]
async fn without_an_allow_list_a_proof_costs_no_request() {
    let jira = Jira::start().await;
    let client = Client::new(jira.config(&[]).account, Limits::default()).unwrap();
    let nothing = Containers { board: 999, sprint: 999, version: 999, component: 999, filter: 999 };
    assert!(proofs(&client, &nothing).await.iter().all(Result::is_ok));
    assert_eq!(jira.requests(), Vec::<String>::new());
}
