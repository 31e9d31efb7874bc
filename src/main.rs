//! The command line's entry: a runtime, one command, its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The work is waiting for Jira. More threads would not make it shorter, and each brings a heap of its own.
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(mcp_server_jira::cli::run());
            // A blocking read of stdin cannot be cancelled; nothing is left that would need it.
            runtime.shutdown_background();
            code
        }
        Err(_) => ExitCode::FAILURE,
    }
}
