// processes.mjs BINARY ROUNDS PLACE: 16 servers share one sign-in whose access token has run out, some are killed at random
// instants, and still: one renewal for each expiry and at most one more for each kill, nobody is signed out, and no
// call of a server that lives on fails. The sign-in is kept in PLACE: a `file` or the `keyring`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from './sandbox.mjs';

const [binary, rounds, place] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const SERVERS = 16;
const KILLED = 4;
const sandbox = await startSandbox(binary);

class Server {
  constructor() {
    this.child = spawn(binary, [], { env: sandbox.env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.stdin.on('error', () => {});
    this.ended = new Promise((done) => this.child.once('close', done));
    this.replies = new Map();
    createInterface(this.child.stdout).on('line', (line) => {
      const message = JSON.parse(line);
      this.replies.get(message.id)?.(message);
    });
  }

  send(message) {
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  ask(method, params) {
    const id = this.replies.size + 1;
    const reply = new Promise((done) => this.replies.set(id, done));
    this.send({ id, method, params });
    return Promise.race([reply, this.ended.then(() => null), sleep(60_000, 'no answer', { ref: false })]);
  }

  async begin() {
    const clientInfo = { name: 'processes', version: '1' };
    assert((await this.ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo })).result);
    this.send({ method: 'notifications/initialized' });
    return this;
  }

  read() {
    return this.ask('tools/call', { name: 'get_issue', arguments: { issue: 'DEMO-1' } });
  }
}

const succeeded = (reply) => reply?.result && !reply.result.isError;

async function exchanges() {
  const { families } = await sandbox.control('oauth');
  assert.deepEqual(families.map((family) => family.ended), [null], 'the sign-in has ended');
  return families[0].refreshes + families[0].reuses;
}

async function round(number) {
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => new Server().begin()));
  // In every other round the servers have used the token before it runs out.
  if (number % 2) {
    for (const reply of await Promise.all(servers.map((server) => server.read()))) {
      assert(succeeded(reply), JSON.stringify(reply));
    }
  }
  const before = await exchanges();
  await sandbox.control('oauth', 'expire_access');
  // Time to be killed in, between request and storing.
  await sandbox.control('faults', { path: '/oauth/token', times: 2 * SERVERS, trouble: { latency: { ms: 150 } } });
  // Those that are killed come first, so that it is one of them that renews.
  const calls = servers.slice(0, KILLED).map((server) => server.read());
  const kills = servers.slice(0, KILLED).map(async (server) => {
    await sleep(Math.random() * 600);
    server.child.kill('SIGKILL');
  });
  await sleep(50);
  calls.push(...servers.slice(KILLED).map((server) => server.read()));
  await Promise.all(kills);
  const replies = await Promise.all(calls);
  for (const reply of replies.slice(KILLED)) assert(succeeded(reply), JSON.stringify(reply));
  const renewed = (await exchanges()) - before;
  assert(renewed >= 1 && renewed <= 1 + KILLED, `${renewed} renewals for one expiry and ${KILLED} kills`);
  for (const server of servers) server.child.stdin.end();
  await Promise.all(servers.map((server) => server.ended));
  await fetch(`${sandbox.info.url}/__sandbox/faults`, { method: 'DELETE' });
  return renewed;
}

try {
  await sandbox.signIn();
  const kept = readFileSync(`${sandbox.env.JIRA_CONFIG_DIR}/profiles/default.json`, 'utf8');
  assert.equal(kept.includes('refresh') ? 'file' : 'keyring', place);
  const renewals = [];
  for (let number = 0; number < rounds; number += 1) renewals.push(await round(number));
  const last = sandbox.command(['call', 'get_issue', '{"issue":"DEMO-1"}']);
  assert.equal(await last.code, 0, last.said.text);
  console.log(`${rounds} rounds of ${SERVERS} servers, ${KILLED} killed in each, kept in the ${place}: renewals ${renewals.join(' ')}`);
} finally {
  sandbox.stop();
}
