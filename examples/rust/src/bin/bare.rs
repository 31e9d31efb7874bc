//! The least that an rmcp server over stdio can be: what the start of mcp-server-jira is compared with.

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::transport::io::stdio;
use rmcp::{ServerHandler, ServiceExt as _, tool, tool_handler, tool_router};

#[derive(Clone)]
struct Bare {
    tools: ToolRouter<Self>,
}

#[tool_router(router = tools)]
impl Bare {
    /// Answers.
    #[tool]
    async fn ping(&self) -> String {
        "pong".into()
    }
}

#[tool_handler(router = self.tools)]
impl ServerHandler for Bare {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Bare { tools: Bare::tools() }.serve(stdio()).await?.waiting().await?;
    Ok(())
}
