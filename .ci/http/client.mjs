// The MCP project's packages for TypeScript over HTTP: the older one over both of its transports, the newer one in three
// modes. Usage: node client.mjs URL sdk|client
const [url, name] = process.argv.slice(2);
const about = { name: 'check', version: '1' };
const at = (path) => new URL(path, url);
const connections = [];
if (name === 'sdk') {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  connections.push(['Streamable HTTP', new Client(about), new StreamableHTTPClientTransport(at('/mcp'))]);
  connections.push(['SSE', new Client(about), new SSEClientTransport(at('/sse'))]);
} else {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  for (const mode of ['legacy', 'auto', { pin: '2026-07-28' }]) {
    const client = new Client(about, { versionNegotiation: { mode } });
    connections.push([mode.pin ?? mode, client, new StreamableHTTPClientTransport(at('/mcp'))]);
  }
}

const check = (what, is) => {
  if (!is) throw new Error(what);
};
for (const [how, client, transport] of connections) {
  await client.connect(transport);
  const { tools } = await client.listTools();
  const call = async (tool, args) => {
    const result = await client.callTool({ name: tool, arguments: args });
    check(`${tool}: ${JSON.stringify(result)}`, !result.isError);
    return result.structuredContent;
  };
  const search = { jql: 'project = DEMO ORDER BY key', limit: 3 };
  const first = await call('search_issues', search);
  const second = await call('search_issues', { ...search, cursor: first.next_cursor });
  const keys = [...first.issues, ...second.issues].map((issue) => issue.key);
  check(`six different issues: ${keys}`, new Set(keys).size === 6);
  check('an issue', (await call('get_issue', { issue: keys[0] })).key === keys[0]);
  const created = await call('create_issue', { project: 'DEMO', type: 'Task', summary: `Written over ${how}` });
  check('a new issue', created.key.startsWith('DEMO-'));
  const wrong = await client.callTool({ name: 'get_issue', arguments: { issue: 'DEMO-99999' } });
  check('an error with words', wrong.isError && wrong.content[0].text);
  // One that is cancelled leaves the others alone.
  const cancel = new AbortController();
  const options = { signal: cancel.signal };
  const cancelled = client.callTool({ name: 'search_issues', arguments: search }, ...(name === 'sdk' ? [undefined, options] : [options]));
  cancel.abort();
  check('cancelled', await cancelled.then(() => false, () => true));
  check('alive', (await call('count_issues', { jql: 'project = DEMO' })).count > 0);
  await client.close();
  console.log(`${name}, ${how}: ${tools.length} tools; pages, a write and an error came through`);
}
