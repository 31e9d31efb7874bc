// browser.mjs BINARY: headless Chromium goes through a sign-in as a person does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox, until } from './sandbox.mjs';

// A browser by the WebDriver protocol.
class Browser {
  static async start() {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), 'chromium-'));
    browser.driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface(browser.driver.stdout)) {
      const port = line.match(/started successfully on port (\d+)/)?.[1];
      if (port) {
        browser.base = `http://127.0.0.1:${port}`;
        break;
      }
    }
    const args = ['headless', 'no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-sync'];
    args.push('disable-background-networking', 'disable-component-update', 'window-size=900,700');
    args.push(`user-data-dir=${browser.folder}`);
    const options = { binary: '/usr/bin/chromium', args: args.map((arg) => `--${arg}`) };
    const capabilities = { alwaysMatch: { browserName: 'chrome', 'goog:chromeOptions': options } };
    const { sessionId } = await browser.send('POST', '/session', { capabilities });
    browser.session = `/session/${sessionId}`;
    return browser;
  }

  async send(method, path, body) {
    const init = body ? { method, body: JSON.stringify(body) } : { method };
    const { value } = await (await fetch(this.base + path, init)).json();
    if (value?.error) throw new Error(`${path}: ${value.message}`);
    return value;
  }

  ask = (method, path, body) => this.send(method, this.session + path, body);
  open = (url) => this.ask('POST', '/url', { url });
  run = (script) => this.ask('POST', '/execute/sync', { script: `return ${script}`, args: [] });

  async click(css) {
    const found = await this.ask('POST', '/element', { using: 'css selector', value: css });
    await this.ask('POST', `/element/${Object.values(found)[0]}/click`, {});
  }

  // Decides on the consent page, and waits to be led back.
  async decide(css, callback) {
    await this.click(css);
    await until('the way back', async () => (await this.ask('GET', '/url')).startsWith(callback));
  }

  // Light or dark, as the person's system is.
  async prefer(scheme) {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.ask('POST', '/goog/cdp/execute', { cmd: 'Emulation.setEmulatedMedia', params: { features } });
  }

  async picture(name) {
    const png = Buffer.from(await this.ask('GET', '/screenshot'), 'base64');
    writeFileSync(join(process.env.CI_CACHE, `signin-${name}.png`), png);
  }

  async stop() {
    await this.ask('DELETE', '').catch(() => {});
    this.driver.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

// How light a colour is, from 0 to 1, as WCAG has it.
function lightness(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// The page at the end can be read in light and in dark, fetches nothing, and has nothing of the code in it.
async function checkPage(browser, name, words) {
  const text = await browser.run('document.body.innerText');
  for (const word of words) assert(text.includes(word), `${name}: no ${word} in ${text}`);
  const fetched = await browser.run('performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname)');
  assert.deepEqual(fetched.filter((path) => path !== '/favicon.ico'), [], `${name} fetches something`);
  assert.equal(await browser.run('document.scripts.length'), 0, `${name} has scripts`);
  const grounds = [];
  for (const scheme of ['light', 'dark']) {
    await browser.prefer(scheme);
    const style = (css, property) => browser.run(`getComputedStyle(document.querySelector('${css}')).${property}`);
    const ground = lightness(await browser.run(`(() => {
      const solid = (element) => {
        const colour = getComputedStyle(element).backgroundColor;
        return element.parentElement && /, 0\\)|transparent/.test(colour) ? solid(element.parentElement) : colour;
      };
      return solid(document.querySelector('h1'));
    })()`));
    const [high, low] = [ground, lightness(await style('h1', 'color'))].sort((a, b) => b - a);
    assert((high + 0.05) / (low + 0.05) >= 4.5, `${name}: the ${scheme} page cannot be read`);
    grounds.push(ground);
    await browser.picture(`${name}-${scheme}`);
  }
  assert(grounds[0] > 0.5 && grounds[1] < 0.2, `${name}: the same in light and dark: ${grounds}`);
}

const sandbox = await startSandbox(process.argv[2]);
const callback = sandbox.info.oauth.redirect_uri;
const browser = await Browser.start();
try {
  let login = await sandbox.beginLogin();
  await browser.open(login.page);
  assert((await browser.run('document.body.innerText')).includes('read:jira-work'));
  await browser.decide('#deny', callback);
  await checkPage(browser, 'denied', ['Nothing']);
  assert.notEqual(await login.code, 0);
  assert.equal((await sandbox.control('oauth')).families.length, 0);

  // Atlassian answers an exchange with an outage.
  login = await sandbox.beginLogin();
  await sandbox.control('faults', { path: '/oauth/token', times: 9, trouble: { answer: { status: 503, body: '<b>Down</b>' } } });
  await browser.open(login.page);
  await browser.decide('#accept', callback);
  await checkPage(browser, 'failed', ['503']);
  assert.notEqual(await login.code, 0);
  await fetch(`${sandbox.info.url}/__sandbox/faults`, { method: 'DELETE' });

  login = await sandbox.beginLogin();
  await browser.open(`${callback}?code=stolen&state=guessed`);
  await checkPage(browser, 'stale', []);
  await browser.open(login.page);
  await browser.picture('consent');
  await browser.decide('#accept', callback);
  await checkPage(browser, 'signed-in', [sandbox.info.users[0].name]);
  assert.equal(await login.code, 0, login.said.text);
  const call = sandbox.command(['call', 'get_issue', '{"issue":"DEMO-1"}']);
  assert.equal(await call.code, 0, call.said.text);

  // Words of an error page are words, whoever sent them.
  login = await sandbox.beginLogin();
  const state = new URL(login.consent).searchParams.get('state');
  const words = '<img src=x onerror=document.title="gone">';
  const query = new URLSearchParams({ error: 'server_error', error_description: words, state });
  await browser.open(`${callback}?${query}`);
  await checkPage(browser, 'escaped', ['onerror']);
  assert.equal(await browser.run('document.images.length'), 0);
  assert.notEqual(await login.code, 0);
  console.log('denied, failed, refused a stranger, signed in, and escaped what a stranger wrote');
} finally {
  await browser.stop();
  sandbox.stop();
}
