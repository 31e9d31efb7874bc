// The MCP project's first TypeScript package, as older clients have it: its schemas refuse what they do not know.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const [command, ...args] = process.argv.slice(2);
const client = new Client({ name: 'check', version: '1' });
await client.connect(new StdioClientTransport({ command, args }));
const { tools } = await client.listTools();
const found = await client.callTool({ name: 'search_issues', arguments: { jql: 'project = DEMO', limit: 2 } });
const wrong = await client.callTool({ name: 'get_issue', arguments: { issue: 'DEMO-99999' } });
if (found.structuredContent.issues.length !== 2) throw new Error(JSON.stringify(found));
if (!wrong.isError || !wrong.content[0].text) throw new Error(JSON.stringify(wrong));
await client.close();
console.log(`${tools.length} tools; a search and an error came through`);
