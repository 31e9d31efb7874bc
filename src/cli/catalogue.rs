//! `tools`: the catalogue, as clients get it or as documentation.

use std::process::ExitCode;

use clap::Args;

use super::output::print;
use crate::docs;
use crate::server::JiraServer;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Exactly the result of tools/list
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// The reference, as in tools.md: every tool, switched on or not
    #[arg(long)]
    markdown: bool,
}

/// Prints the tools.
pub(super) fn run(arguments: Arguments, server: &JiraServer) -> ExitCode {
    if arguments.json {
        let tools: Vec<_> = server.tools().collect();
        print(&serde_json::json!({ "tools": tools }).to_string());
    } else if arguments.markdown {
        print(docs::reference(server).trim_end());
    } else {
        print(docs::overview(server).trim_end());
    }
    ExitCode::SUCCESS
}
