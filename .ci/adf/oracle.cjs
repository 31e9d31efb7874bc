// Compares our reading of Markdown with Atlassian's own, and what another reader of ADF makes of our documents.
//   node oracle.cjs CONVERTER [--list]    every difference has to be listed with its reason in differences.txt
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const { MarkdownTransformer } = require('@atlaskit/editor-markdown-transformer');
const { convertADFToMarkdown } = require('adf-to-markdown');
const spec = require('commonmark-spec');

const converter = process.argv[2];
const listing = process.argv.includes('--list');
const corpus = path.join(__dirname, '../../crates/jira-adf/tests/corpus');

function convert(values) {
  const input = values.map((value) => JSON.stringify(value)).join('\n') + '\n';
  const output = execFileSync(converter, { input, maxBuffer: 1 << 28 }).toString();
  return output.trimEnd().split('\n').map((line) => JSON.parse(line));
}

const tickets = fs.readdirSync(corpus).filter((name) => name.endsWith('.json')).sort()
  .map((name) => ({ name, adf: JSON.parse(fs.readFileSync(path.join(corpus, name), 'utf8')) }));
const cases = spec.tests.map((test) => ({ name: `commonmark-${test.number}`, markdown: test.markdown.replace(/→/g, '\t') }));
convert(tickets.map((ticket) => ticket.adf))
  .forEach((markdown, at) => cases.push({ name: tickets[at].name.replace('.json', ''), markdown }));

// A document as lines of "path: text with marks", without what the two spell differently on purpose.
function skeleton(node, trail = '', out = []) {
  const kind = node.type === 'doc' ? '' : node.type;
  const place = trail ? `${trail}>${kind}` : kind;
  const content = node.content || [];
  if (['paragraph', 'heading', 'codeBlock', 'taskItem', 'decisionItem'].includes(kind)) {
    const runs = [];
    for (const inline of content) {
      const marks = (inline.marks || []).map((mark) => mark.type + (mark.attrs?.href ? `=${decode(mark.attrs.href)}` : '')).sort().join('+');
      const text = inline.type === 'text' ? inline.text : `{${inline.type}}`;
      const last = runs[runs.length - 1];
      if (last && last[0] === marks && inline.type === 'text' && !last[1].startsWith('{')) last[1] += text;
      else runs.push([marks, text]);
    }
    const level = kind === 'heading' ? node.attrs.level : kind === 'codeBlock' ? node.attrs?.language || '' : '';
    const line = runs.map(([marks, text]) => (marks ? `<${marks}>${text}</>` : text)).join('');
    out.push(`${place}${level}: ${kind === 'codeBlock' ? line : line.replace(/\s+/g, ' ').trim()}`);
  } else if (content.length === 0) {
    out.push(place);
  } else {
    for (const child of content) skeleton(child, place, out);
  }
  return out;
}

function decode(address) {
  try { return decodeURI(address).normalize(); } catch { return address; }
}

const theirs = new MarkdownTransformer();
const listed = new Map(fs.readFileSync(path.join(__dirname, 'differences.txt'), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => [line.split(/\s+/)[0], line.slice(line.indexOf(' ') + 1).trim()]));
const ours = convert(cases.map((one) => one.markdown));
let wrong = 0, same = 0, explained = 0;
const seen = new Set();
cases.forEach(({ name, markdown }, at) => {
  let other;
  try { other = skeleton(theirs.parse(markdown).toJSON()).join('\n'); } catch (error) { other = `(fails: ${String(error.message).slice(0, 60)})`; }
  const own = ours[at] ? skeleton(ours[at]).join('\n') : '(refused)';
  if (own === other) { same += 1; return; }
  seen.add(name);
  if (listed.has(name)) { explained += 1; return; }
  wrong += 1;
  if (listing) console.log(`### ${name}\n${JSON.stringify(markdown)}\nOURS\n${own}\nTHEIRS\n${other}\n`);
  else console.log(`not listed: ${name}`);
});
for (const name of listed.keys()) {
  if (!seen.has(name)) { console.log(`listed, but there is no difference: ${name}`); wrong += 1; }
}
console.log(`${cases.length} Markdown documents: ${same} the same, ${explained} differ for a listed reason, ${wrong} wrong`);

// The words that another reader of ADF finds have to be in our Markdown too; `media` is what it writes for a file.
const words = (text) => text.replace(/<\/?span[^>]*>|[\\*_`]/g, '').match(/[\p{L}\p{N}]{4,}/gu) || [];
let missing = 0;
tickets.forEach(({ name, adf }, at) => {
  let text;
  try { text = convertADFToMarkdown(adf); } catch { return; }
  const own = new Set(words(cases[spec.tests.length + at].markdown));
  const lost = [...new Set(words(String(text)))].filter((word) => !own.has(word) && word !== 'media');
  if (lost.length) { console.log(`${name}: not in our Markdown: ${lost.slice(0, 10).join(' ')}`); missing += 1; }
});
console.log(`${tickets.length} tickets read by adf-to-markdown: ${missing} with words that we lack`);
process.exit(wrong || missing ? 1 : 0);
