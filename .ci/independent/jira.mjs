// Works in the embedded Jira as any program would: with a client that knows nothing of it and checks each reply.
import assert from 'node:assert/strict';
import { createAgileClient, createCloudClient, isApiError, isAuthError, isNotFoundError } from 'jira.js';

const sandbox = JSON.parse(process.argv[2]);
const connect = (factory, apiToken = sandbox.api_token) =>
  factory({
    host: sandbox.url,
    auth: { type: 'basic', email: sandbox.email, apiToken },
    onSchemaMismatch: 'throw',
  });
const jira = connect(createCloudClient);
const agile = connect(createAgileClient);
const text = (words) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }],
});
const wordsOf = (node) => node.text ?? (node.content ?? []).map(wordsOf).join('');
const refuses = (call, predicate, words) =>
  assert.rejects(call, (error) => predicate(error) && JSON.stringify(error.body ?? error.message).includes(words));

const jobs = {
  async 'find out who and where'() {
    const me = await jira.myself.getCurrentUser();
    assert.equal(me.emailAddress, sandbox.email);
    const server = await jira.serverInfo.getServerInfo();
    assert.equal(server.deploymentType, 'Cloud');
    const found = await jira.userSearch.findUsers({ query: me.displayName.split(' ')[0] });
    assert(found.some((user) => user.accountId === me.accountId));
    const user = await jira.users.getUser({ accountId: me.accountId });
    assert.equal(user.displayName, me.displayName);
  },

  async 'read projects and fields'() {
    const projects = await jira.projects.searchProjects({});
    assert.deepEqual(projects.values.map((project) => project.key).sort(), ['BIZ', 'DEMO', 'OPS']);
    const project = await jira.projects.getProject({ projectIdOrKey: 'DEMO' });
    assert.equal(project.projectTypeKey, 'software');
    const types = await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'DEMO' });
    const task = types.issueTypes.find((type) => type.name === 'Task');
    const meta = await jira.issues.getCreateIssueMetaIssueTypeId({ projectIdOrKey: 'DEMO', issueTypeId: task.id });
    assert(meta.fields.some((field) => field.fieldId === 'summary' && field.required));
    const fields = await jira.issueFields.getFields({});
    assert(fields.some((field) => field.id === 'summary' && !field.custom));
    assert(fields.some((field) => field.custom));
    assert((await jira.projects.getAllStatuses({ projectIdOrKey: 'DEMO' })).length > 0);
    assert((await jira.issueLinkTypes.getIssueLinkTypes({})).issueLinkTypes.some((type) => type.name === 'Blocks'));
  },

  async 'search and count'() {
    const jql = 'project = DEMO ORDER BY created ASC';
    const { count } = await jira.issueSearch.countIssues({ jql });
    const keys = [];
    let nextPageToken;
    do {
      const page = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
        jql,
        fields: ['summary', 'status', 'assignee'],
        maxResults: 20,
        ...(nextPageToken && { nextPageToken }),
      });
      keys.push(...page.issues.map((issue) => issue.key));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken);
    assert.equal(new Set(keys).size, count);
    await refuses(
      jira.issueSearch.searchAndReconsileIssuesUsingJql({ jql: 'ORDER BY created' }),
      isApiError,
      'Unbounded JQL queries are not allowed',
    );
  },

  async 'create, read and edit an issue'() {
    const me = await jira.myself.getCurrentUser();
    const { key } = await jira.issues.createIssue({
      fields: {
        project: { key: 'DEMO' },
        issuetype: { name: 'Task' },
        summary: 'Written by an independent client',
        description: text('First words'),
        labels: ['independent'],
        assignee: { id: me.accountId },
      },
    });
    this.key = key;
    await jira.issues.editIssue({
      issueIdOrKey: key,
      fields: { summary: 'Edited by an independent client' },
      update: { labels: [{ add: 'edited' }] },
    });
    const issue = await jira.issues.getIssue({ issueIdOrKey: key, expand: 'changelog' });
    assert.equal(issue.fields.summary, 'Edited by an independent client');
    assert.equal(wordsOf(issue.fields.description), 'First words');
    assert.deepEqual(issue.fields.labels.toSorted(), ['edited', 'independent']);
    assert.equal(issue.fields.assignee.accountId, me.accountId);
    assert(issue.changelog.histories.some(({ items }) => items.some((item) => item.field === 'summary')));
    const changes = await jira.issues.getChangeLogs({ issueIdOrKey: key });
    assert.equal(changes.total, issue.changelog.histories.length);
    const broken = { ...text('Words'), content: [{ type: 'text', text: 'at the root' }] };
    const refused = { project: { key: 'DEMO' }, issuetype: { name: 'Task' }, summary: 'x', description: broken };
    await refuses(jira.issues.createIssue({ fields: refused }), isApiError, 'INVALID_INPUT');
  },

  async 'move it through its workflow'() {
    const { transitions } = await jira.issues.getTransitions({ issueIdOrKey: this.key });
    const start = transitions.find((transition) => transition.to.statusCategory.key === 'indeterminate');
    await jira.issues.doTransition({ issueIdOrKey: this.key, transition: { id: start.id } });
    const issue = await jira.issues.getIssue({ issueIdOrKey: this.key, fields: ['status'] });
    assert.equal(issue.fields.status.name, start.to.name);
    await refuses(
      jira.issues.doTransition({ issueIdOrKey: this.key, transition: { id: '99999' } }),
      isApiError,
      'is not valid for this issue',
    );
  },

  async 'comment on it'() {
    const comment = await jira.issueComments.addComment({ issueIdOrKey: this.key, body: text('Hello') });
    await jira.issueComments.updateComment({ issueIdOrKey: this.key, id: comment.id, body: { body: text('Goodbye') } });
    const { comments, total } = await jira.issueComments.getComments({ issueIdOrKey: this.key });
    assert.equal(total, 1);
    assert.equal(wordsOf(comments[0].body), 'Goodbye');
    await jira.issueComments.deleteComment({ issueIdOrKey: this.key, id: comment.id });
    assert.equal((await jira.issueComments.getComments({ issueIdOrKey: this.key })).total, 0);
  },

  async 'link it'() {
    await jira.issueLinks.linkIssues({
      type: { name: 'Blocks' },
      inwardIssue: { key: this.key },
      outwardIssue: { key: 'DEMO-1' },
    });
    const { fields } = await jira.issues.getIssue({ issueIdOrKey: this.key, fields: ['issuelinks'] });
    assert.equal(fields.issuelinks[0].outwardIssue.key, 'DEMO-1');
    await jira.issueLinks.deleteIssueLink({ linkId: fields.issuelinks[0].id });
    const remote = { url: 'https://example.com/page', title: 'A page' };
    const { id } = await jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({ issueIdOrKey: this.key, object: remote });
    const links = await jira.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey: this.key });
    assert.equal(links[0].object.url, remote.url);
    await jira.issueRemoteLinks.deleteRemoteIssueLinkById({ issueIdOrKey: this.key, linkId: String(id) });
  },

  async 'log work on it'() {
    const worklog = await jira.issueWorklogs.addWorklog({
      issueIdOrKey: this.key,
      timeSpentSeconds: 5400,
      comment: text('Thinking'),
    });
    assert.equal(worklog.timeSpent, '1h 30m');
    const { fields } = await jira.issues.getIssue({ issueIdOrKey: this.key, fields: ['timetracking'] });
    assert.equal(fields.timetracking.timeSpentSeconds, 5400);
    await jira.issueWorklogs.deleteWorklog({ issueIdOrKey: this.key, id: worklog.id });
  },

  async 'attach a file, watch and vote'() {
    const [attachment] = await jira.issueAttachments.addAttachment({
      issueIdOrKey: this.key,
      attachments: { filename: 'notes.txt', content: Buffer.from('some notes') },
    });
    assert.equal(attachment.filename, 'notes.txt');
    const content = await jira.issueAttachments.getAttachmentContent({ id: attachment.id });
    assert.equal(Buffer.from(content).toString(), 'some notes');
    await jira.issueAttachments.removeAttachment({ id: attachment.id });
    assert((await jira.issueWatchers.getIssueWatchers({ issueIdOrKey: this.key })).isWatching);
  },

  async 'look at boards and sprints'() {
    const boards = await agile.board.getAllBoards({ projectKeyOrId: 'DEMO' });
    const scrum = boards.values.find((board) => board.type === 'scrum');
    const sprints = await agile.board.getAllSprints({ boardId: scrum.id });
    assert(sprints.values.some((sprint) => sprint.state === 'active'));
    const sprint = await agile.sprint.createSprint({ name: 'Independent', originBoardId: scrum.id });
    await agile.sprint.moveIssuesToSprintAndRank({ sprintId: sprint.id, issues: [this.key] });
    const planned = await agile.sprint.getIssuesForSprint({ sprintId: sprint.id, fields: ['summary'] });
    assert.deepEqual(planned.issues.map((issue) => issue.key), [this.key]);
    await agile.sprint.deleteSprint({ sprintId: sprint.id });
  },

  async 'delete it'() {
    await jira.issues.deleteIssue({ issueIdOrKey: this.key });
    await refuses(jira.issues.getIssue({ issueIdOrKey: this.key }), isNotFoundError, 'Issue does not exist');
  },

  async 'be refused with a wrong token'() {
    const stranger = connect(createCloudClient, 'not-the-token');
    await assert.rejects(stranger.myself.getCurrentUser(), isAuthError);
  },
};

const shared = {};
for (const [name, job] of Object.entries(jobs)) {
  try {
    await job.call(shared);
    console.log(`ok  ${name}`);
  } catch (error) {
    console.error(`not ok  ${name}\n`, error.report ?? error);
    process.exitCode = 1;
  }
}
