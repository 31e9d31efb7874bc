//! The command line's entry: a runtime, one command, its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(mcp_server_jira::cli::run());
            // A blocking read of stdin cannot be cancelled; nothing is left that would need it.
            runtime.shutdown_background();
            code
        }
        Err(_) => ExitCode::FAILURE,
    }
}
