// A client for TypeScript does every job: client.mjs sdk|client WORLD TRANSPORT/ERA...
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [name, file, ...places] = process.argv.slice(2);
const world = JSON.parse(readFileSync(file, 'utf8'));
const about = { name: 'check', version: '1' };
const stdio = { command: world.command[0], args: world.command.slice(1), env: world.env };
const MODERN = '2026-07-28';
const packages = {
  // The MCP project's first package, as older clients have it: its schemas refuse what they do not know.
  async sdk() {
    const of = (path) => import(`@modelcontextprotocol/sdk/${path}.js`);
    const { Client } = await of('client/index');
    const { StdioClientTransport } = await of('client/stdio');
    const { StreamableHTTPClientTransport } = await of('client/streamableHttp');
    const { SSEClientTransport } = await of('client/sse');
    const { ElicitRequestSchema, SUPPORTED_PROTOCOL_VERSIONS } = await of('types');
    return {
      transports: { StdioClientTransport, StreamableHTTPClientTransport, SSEClientTransport },
      client(era, capabilities) {
        assert(era === 'legacy' || SUPPORTED_PROTOCOL_VERSIONS.includes(MODERN), `speaks ${SUPPORTED_PROTOCOL_VERSIONS}`);
        return new Client(about, { capabilities });
      },
      onElicitation: (client, answer) => client.setRequestHandler(ElicitRequestSchema, answer),
      call: (client, params, options) => client.callTool(params, undefined, options),
    };
  },
  // The one after it, which speaks both eras.
  async client() {
    const { Client, StreamableHTTPClientTransport, SSEClientTransport } = await import('@modelcontextprotocol/client');
    const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
    const modes = { legacy: 'legacy', auto: 'auto', modern: { pin: MODERN } };
    return {
      transports: { StdioClientTransport, StreamableHTTPClientTransport, SSEClientTransport },
      client: (era, capabilities) => new Client(about, { capabilities, versionNegotiation: { mode: modes[era] } }),
      onElicitation: (client, answer) => client.setRequestHandler('elicitation/create', answer),
      call: (client, params, options) => client.callTool(params, options),
    };
  },
};
const sdk = await packages[name]();

async function control(what, body) {
  const reply = await fetch(`${world.jira}/__sandbox/${what}`, body && { method: 'POST', body: JSON.stringify(body) });
  assert(reply.ok, `${what}: ${reply.status}`);
  return reply.status === 204 ? null : reply.json();
}

// Jira asks to come back after so long, so often.
const limit = (method, path, seconds, times = 1) =>
  control('faults', { method, path, times, trouble: { rate_limited: { retry_after: seconds } } });

// How often Jira will still do so.
async function left(method, path) {
  const faults = (await control('faults')).filter((fault) => fault.method === method && fault.path === path);
  return faults.reduce((sum, fault) => sum + fault.times, 0);
}

// Whether Jira has an issue, by its own word.
async function exists(issue) {
  const { JIRA_EMAIL, JIRA_API_TOKEN } = world.env;
  const headers = { authorization: `Basic ${btoa(`${JIRA_EMAIL}:${JIRA_API_TOKEN}`)}` };
  return (await fetch(`${world.jira}/rest/api/3/issue/${issue}`, { headers })).ok;
}

// Waits until the server has asked so often that this is left.
async function untilLeft(method, path, times) {
  for (const end = Date.now() + 20_000; (await left(method, path)) !== times; ) {
    assert(Date.now() < end, `the server did not ask Jira: ${method} ${path}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// connect TRANSPORT ERA [ASK]: a client; with ASK it can answer questions.
async function connect(transport, era, ask) {
  const { StdioClientTransport, StreamableHTTPClientTransport, SSEClientTransport } = sdk.transports;
  const open = {
    stdio: () => new StdioClientTransport(stdio),
    http: () => new StreamableHTTPClientTransport(new URL(world.http)),
    sse: () => new SSEClientTransport(new URL(world.sse)),
  };
  const client = sdk.client(era, ask ? { elicitation: { form: {} } } : {});
  if (ask) sdk.onElicitation(client, (request) => ask(request.params.message));
  const way = open[transport]();
  // The older package tells what was negotiated to nobody but its transport.
  let protocol;
  const set = way.setProtocolVersion?.bind(way);
  way.setProtocolVersion = (version) => {
    protocol = version;
    set?.(version);
  };
  await client.connect(way);
  return { client, protocol };
}

const ORDER = 'lists searches pages writes reads gets_error gets_progress cancels cannot_be_asked answers'.split(' ');

// What a client does, in this order. `jobs.py` has the same for Python's.
class Jobs {
  asked = 0;
  constructor(transport, era) {
    Object.assign(this, { transport, era, title: `${name} over ${transport}/${era}` });
  }

  ask(message) {
    assert(message.includes(this.issue), message);
    this.asked += 1;
    return this.answer;
  }

  async done(tool, args, options) {
    const result = await sdk.call(this.client, { name: tool, arguments: args }, options);
    assert(!result.isError, JSON.stringify(result));
    return result.structuredContent;
  }

  async refused(tool, args, client = this.client) {
    const result = await sdk.call(client, { name: tool, arguments: args });
    assert(result.isError, JSON.stringify(result));
    return result.content[0].text;
  }

  // A call that takes so long.
  async slow(seconds, options) {
    await limit('GET', `/rest/api/3/issue/${this.issue}`, seconds);
    await this.done('get_issue', { issue: this.issue }, options);
  }

  async lists() {
    const { tools } = await this.client.listTools();
    const names = tools.map((tool) => tool.name);
    assert(names.includes('search_issues') && names.includes('delete_issue'), `${names}`);
  }

  async searches() {
    this.found = await this.done('search_issues', { jql: 'project = DEMO ORDER BY key', limit: 3 });
    assert.equal(this.found.issues.length, 3);
  }

  async pages() {
    const cursor = this.found.next_cursor;
    const second = await this.done('search_issues', { jql: 'project = DEMO ORDER BY key', limit: 3, cursor });
    const keys = [...this.found.issues, ...second.issues].map((issue) => issue.key);
    assert.equal(new Set(keys).size, 6, `${keys}`);
  }

  async writes() {
    this.issue = (await this.done('create_issue', { project: 'DEMO', type: 'Task', summary: this.title })).key;
  }

  async reads() {
    assert.equal((await this.done('get_issue', { issue: this.issue })).summary, this.title);
  }

  async gets_error() {
    const told = await this.refused('get_issue', { isue: this.issue });
    assert(told.includes('`isue`') && told.includes('`issue`'), told);
  }

  async gets_progress() {
    const words = [];
    await this.slow(3, { onprogress: ({ message }) => words.push(message) });
    assert(words[0]?.includes('limits the rate'), `heard ${words}`);
  }

  async cancels() {
    const comments = `/rest/api/3/issue/${this.issue}/comment`;
    await limit('POST', comments, 3, 2);
    const cancel = new AbortController();
    const call = this.done('add_comment', { issue: this.issue, body: 'Never to be' }, { signal: cancel.signal });
    const ended = assert.rejects(call);
    await untilLeft('POST', comments, 1);
    cancel.abort();
    await ended;
    // By the end of this one the cancelled one would have asked again.
    await this.slow(4);
    assert.equal(await left('POST', comments), 1, 'Jira was asked again for a call that is cancelled');
  }

  async cannot_be_asked() {
    const { client } = await connect(this.transport, this.era);
    const told = await this.refused('delete_issue', { issue: this.issue }, client);
    await client.close();
    assert(told.includes('mcp-server-jira call delete_issue'), told);
  }

  async answers() {
    const issue = this.issue;
    this.answer = { action: 'decline' };
    const told = await this.refused('delete_issue', { issue });
    assert(told.includes('did not confirm') && this.asked === 1, told);
    assert(await exists(issue));
    this.answer = { action: 'accept', content: { confirm: true } };
    await this.done('delete_issue', { issue });
    assert(this.asked === 2 && !(await exists(issue)), `${this.asked}`);
  }

  async all() {
    const outcome = {};
    for (const job of ORDER) {
      outcome[job] = await within(30, this[job]()).then(
        () => null,
        (error) => told(error),
      );
    }
    return outcome;
  }
}

const told = (error) => `${error}`.slice(0, 400).replaceAll('\n', ' ');

function within(seconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function check(place) {
  const [transport, era] = place.split('/');
  const line = { client: name, transport, era };
  const jobs = new Jobs(transport, era);
  try {
    const { client, protocol } = await within(30, connect(transport, era, (message) => jobs.ask(message)));
    jobs.client = client;
    Object.assign(line, { protocol, jobs: await jobs.all() });
    await client.close();
  } catch (error) {
    line.failed = told(error);
  }
  console.log(JSON.stringify(line));
}

await Promise.all(places.map(check));
process.exit();
