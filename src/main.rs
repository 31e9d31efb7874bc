//! The command line's entry: its arguments, the runtime that they need, one command, its exit code.

use std::process::ExitCode;

use mcp_server_jira::cli::{Cli, run};
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let mut builder = if cli.serves_over_http() {
        // One large result is rendered while others are answered.
        Builder::new_multi_thread()
    } else {
        // The work is waiting for Jira. More threads would not make it shorter, and each brings a heap of its own.
        Builder::new_current_thread()
    };
    match builder.enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(run(cli));
            // A blocking read of stdin cannot be cancelled; nothing is left that would need it.
            runtime.shutdown_background();
            code
        }
        Err(_) => ExitCode::FAILURE,
    }
}
