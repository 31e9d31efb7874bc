// The embedded Jira as a process, and the server's commands against it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

// Waits for something that is nothing at first.
export async function until(what, look, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`waited ${seconds} s in vain for ${what}`);
}

// Below the ports that systems give to whoever connects, so that nobody takes it before its owner does.
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = await new Promise((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

export async function startSandbox(binary, ...knobs) {
  const port = await freePort();
  const process_ = spawn(binary, ['sandbox', '--redirect-uri', `http://localhost:${port}/callback`, ...knobs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    createInterface(process_.stdout)[Symbol.asyncIterator]().next().then(({ value }) => [value]),
    new Promise((_, fail) => process_.once('exit', () => fail(new Error('the sandbox ended before it was ready')))),
  ]);
  return new Sandbox(binary, process_, JSON.parse(line), port);
}

class Sandbox {
  constructor(binary, process_, info, port) {
    Object.assign(this, { binary, process_, info, folder: mkdtempSync(join(tmpdir(), 'signin-')) });
    // Instead of opening a page, this says which one was to be opened.
    const opener = join(this.folder, 'browser');
    writeFileSync(opener, '#!/bin/sh\nprintf %s "$1" >"$0.new" && mv "$0.new" "$0.page"\n');
    chmodSync(opener, 0o700);
    this.env = {
      ...Object.fromEntries(['PATH', 'HOME', 'DBUS_SESSION_BUS_ADDRESS'].map((name) => [name, process.env[name]])),
      ATLASSIAN_AUTH_URL: info.auth_url,
      ATLASSIAN_API_URL: info.api_url,
      JIRA_CONFIG_DIR: join(this.folder, 'profiles'),
      JIRA_OAUTH_CALLBACK_PORT: String(port),
      BROWSER: opener,
    };
  }

  async control(path, body) {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const reply = await fetch(`${this.info.url}/__sandbox/${path}`, init);
    assert(reply.ok, await reply.clone().text());
    return reply.status === 204 ? null : reply.json();
  }

  // Runs a command of the server; what it says, and its exit code at the end.
  command(args, input = '') {
    const child = spawn(this.binary, args, { env: this.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { text: '' };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said.text += bytes));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const code = new Promise((done) => child.once('close', done));
    return { said, code };
  }

  // Begins to sign in; `page` is what the browser is to open, `consent` Atlassian's page, to which that leads.
  async beginLogin() {
    const file = `${this.env.BROWSER}.page`;
    rmSync(file, { force: true });
    const { client_id, client_secret } = this.info.oauth;
    const login = this.command(['auth', 'login', '--oauth', '--client-id', client_id], `${client_secret}\n`);
    const ended = login.code.then((code) => `auth login ended with ${code}: ${login.said.text}`);
    const page = await Promise.race([until('the page to open', () => existsSync(file)), ended]);
    assert.equal(page, true, page);
    const consent = await until('the address', () => login.said.text.match(/\S+\/authorize\?\S+/)?.[0]);
    return { ...login, page: readFileSync(file, 'utf8'), consent };
  }

  // Signs in without a browser.
  async signIn() {
    const login = await this.beginLogin();
    const body = new URLSearchParams({ decision: 'accept', account_id: this.info.users[0].account_id, site: this.info.cloud_id });
    const back = await fetch(login.consent, { method: 'POST', body });
    assert(back.ok, await back.text());
    assert.equal(await login.code, 0, login.said.text);
  }

  stop() {
    this.process_.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
