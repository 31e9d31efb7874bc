// Signs in to the embedded Jira as any app would: with a client that knows Atlassian's addresses and nothing of it.
import assert from 'node:assert/strict';
import {
  createCloudClient,
  exchangeAuthorizationCode,
  generateAuthorizationUrl,
  getAccessibleResources,
  isAuthError,
  isOAuthError,
  refreshOAuth2Token,
} from 'jira.js';

const sandbox = JSON.parse(process.argv[2]);
const { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri } = sandbox.oauth;
// What stands for Atlassian's hosts is on loopback.
const hosts = { 'https://auth.atlassian.com': sandbox.auth_url, 'https://api.atlassian.com': sandbox.api_url };
const here = (url) => Object.entries(hosts).reduce((text, [theirs, ours]) => text.replace(theirs, ours), String(url));
const fetchAnywhere = globalThis.fetch;
globalThis.fetch = (url, init) => fetchAnywhere(here(url), init);

const state = 'nobody-guesses-this';
const scopes = ['read:jira-work', 'read:jira-user', 'offline_access'];
const page = here(generateAuthorizationUrl({ clientId, scopes, redirectUri, state }));
assert((await (await fetch(page)).text()).includes('read:jira-user'));
const decide = async (decision) => {
  const body = new URLSearchParams({ decision, account_id: sandbox.users[0].account_id, site: sandbox.cloud_id });
  const reply = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  const back = new URL(reply.headers.get('location'));
  assert.equal(`${back.origin}${back.pathname}`, redirectUri);
  assert.equal(back.searchParams.get('state'), state);
  return back.searchParams;
};
assert.equal((await decide('deny')).get('error'), 'access_denied');
const code = (await decide('accept')).get('code');

const first = await exchangeAuthorizationCode({ clientId, clientSecret, code, redirectUri });
assert.deepEqual([first.expiresIn, first.tokenType, first.scope], [3600, 'Bearer', scopes.join(' ')]);
const refused = (call, words) =>
  assert.rejects(call, (error) => isOAuthError(error) && JSON.stringify(error.body).includes(words));
await refused(exchangeAuthorizationCode({ clientId, clientSecret, code, redirectUri }), 'invalid_grant');
const second = await refreshOAuth2Token({ clientId, clientSecret, refreshToken: first.refreshToken });
assert.notEqual(second.refreshToken, first.refreshToken);
await refused(refreshOAuth2Token({ clientId, clientSecret, refreshToken: 'unknown' }), 'invalid_grant');
await refused(refreshOAuth2Token({ clientId, clientSecret: 'wrong', refreshToken: second.refreshToken }), 'access_denied');

const sites = await getAccessibleResources(second.accessToken);
assert.deepEqual(sites.map((site) => [site.id, site.url]), [[sandbox.cloud_id, sandbox.url]]);

// The client finds the site and renews a token that has run out, by itself.
const stored = [];
const jira = createCloudClient({
  auth: {
    type: 'oauth2',
    ...{ clientId, clientSecret, accessToken: second.accessToken, refreshToken: second.refreshToken },
    onTokenRefresh: (tokens) => stored.push(tokens),
  },
  onSchemaMismatch: 'throw',
});
assert.equal((await jira.myself.getCurrentUser()).accountId, sandbox.users[0].account_id);
await fetch(`${sandbox.url}/__sandbox/oauth`, { method: 'POST', body: '"expire_access"' });
assert.equal((await jira.issues.getIssue({ issueIdOrKey: 'DEMO-1' })).key, 'DEMO-1');
assert.equal(stored.length, 1);
await assert.rejects(jira.issues.deleteIssue({ issueIdOrKey: 'DEMO-1' }), isAuthError);
console.log('signed in, refused, renewed and kept within the scopes, by a client of Atlassian\'s sign-in');
