/** What a report says of a description, and that nothing of the description gets out of its place in it. */
import { describe, expect, it } from 'vitest';
import { flowFiles, undoable, unprobed } from '../../support/rehearsing.ts';
import { reported } from '../../support/reporting.ts';

const ENTRY = 'flow.arazzo.json';
const IN_ORDER = [
  'What to mend',
  'Contents',
  'Systems',
  'Endpoints',
  'Workflow flow',
  'Plan',
  'Sequence',
  'Data flow',
  'State machine',
  'What can fail',
  'Recovery runbook',
  'Cost',
  'Metrics and alarms',
  'Alarms',
  'Metrics',
];

const headings = (markdown: string, level: string): readonly string[] =>
  markdown.split('\n').flatMap((line) => (line.startsWith(`${level} `) ? [line.slice(level.length + 1)] : []));

describe('a report', () => {
  it('has every section in both forms, and links that lead somewhere', async () => {
    const { markdown, page } = await reported(
      ENTRY,
      flowFiles({ first: undoable('first'), second: undoable('second') }),
    );
    const found = markdown.split('\n').flatMap((line) => /^#{2,3} (.+)$/.exec(line)?.[1] ?? []);
    expect(found).toEqual(IN_ORDER);
    for (const form of [markdown, page]) {
      const links = [...form.matchAll(/(?:\]\(|href=")#([\w-]+)/g)].map(([, id]) => id);
      expect(links.length).toBe(IN_ORDER.length - 2);
      expect(links.filter((id) => !form.includes(` id="${id}"`))).toEqual([]);
    }
    expect([...page.matchAll(/<h[23] id="[^"]*">([^<]*)</g)].map(([, title]) => title)).toEqual(IN_ORDER);
  });

  it('says the same whenever it is made', async () => {
    const files = flowFiles({ first: undoable('first') });
    const [one, other] = [await reported(ENTRY, files), await reported(ENTRY, files)];
    expect(one.markdown).toBe(other.markdown);
    expect(one.page).toBe(other.page);
  });

  it('draws an express machine as one that undoes nothing itself', async () => {
    const { markdown } = await reported(ENTRY, flowFiles({ first: undoable('first'), mode: 'express' }));
    expect(markdown).toContain('Settle<br/>ends the run, or hands it over<br/>to the undo machine');
    expect(markdown).toMatch(/\nIt is an express workflow: \$\d+\.\d\d a million runs/);
    expect(markdown).toContain('ended from outside, or that it hands over,');
  });

  it('lists each endpoint once, with all who call it', async () => {
    const { markdown } = await reported(ENTRY, flowFiles({ first: undoable('first'), second: undoable('second') }));
    const cancel = markdown
      .split('\n')
      .filter((line) => line.includes('`POST /things/{id}/cancel`') && line.startsWith('| shop'));
    expect(cancel).toEqual([expect.stringContaining('`first#undo`, `second#undo`')]);
  });

  it('has a runbook for what may come up, and for nothing else', async () => {
    const both = await reported(ENTRY, flowFiles({ first: undoable('first'), second: unprobed('second') }));
    expect(headings(both.markdown, '####')).toEqual([
      'What a failure undoes',
      'first is in doubt',
      'second is in doubt',
      'first could not be undone',
      'second could not be undone',
      'A run was compensated',
      'A run failed before anything stood',
      'shop is down',
      'A run is not wanted any more',
    ]);
    expect(both.markdown).toContain('Until then first may wait for it, as blocked.');
    expect(both.markdown).toContain('interlock resolve RUN second applied --note "how you know"');
    const none = await reported(ENTRY, flowFiles({ first: { compensate: { none: 'It may stay.' } } }));
    expect(headings(none.markdown, '####')).toContain('second stands, and nothing says how to undo it');
    expect(headings(none.markdown, '####')).not.toContain('first is in doubt');
  });

  it('draws the critical path, the calls and every state that is come to without failing', async () => {
    const { page } = await reported(ENTRY, flowFiles({ first: undoable('first'), second: undoable('second') }));
    const drawings = [...page.matchAll(/<svg role="img" aria-label="([^"]*)".*?<\/svg>/g)];
    expect(drawings.map(([, says]) => says)).toEqual([
      expect.stringContaining('calls 1 system through'),
      'Steps of flow in their order; the critical path is first, then second.',
      'The calls of flow to shop, in order, where all goes well.',
      'second is refused; then first are undone.',
      expect.stringContaining('Which values go'),
      expect.stringContaining('State machine of flow'),
      expect.stringContaining('Undo machine of flow'),
    ]);
    const machine = drawings[5]?.[0] ?? '';
    for (const state of ['first', 'second', 'Close', 'Settle']) expect(machine).toContain(`>${state}</text>`);
    expect(machine).not.toContain('Dead letter');
    expect(drawings[6]?.[0]).toContain('>Dead letter</text>');
  });

  it('tells of an environment where things are, and of a server no password', async () => {
    const placed = {
      environment: 'aws',
      systems: { shop: { server: 'https://ann:s3cret@shop.example.com/v1?key=s3cret', credentials: {} } },
    };
    const { markdown, page } = await reported(ENTRY, flowFiles({}), { placed });
    for (const form of [markdown, page]) {
      expect(form).toContain('shop.example.com/v1');
      expect(form).not.toContain('s3cret');
    }
  });

  it('repeats no constant, since somebody may have written a credential there', async () => {
    const files = flowFiles({});
    const flow = files['flow.arazzo.json'] ?? '';
    const first = flow.replace('"ref":"$inputs.ref"', '"ref":"$inputs.ref","token":"hunter2-hunter2"');
    expect(first).not.toBe(flow);
    const { markdown, page } = await reported(ENTRY, { ...files, 'flow.arazzo.json': first });
    for (const form of [markdown, page]) expect(form).not.toContain('hunter2');
  });
});

describe('a hostile description', () => {
  const EVIL = `</h1><script>alert(1)</script>" onload="x | \`code\` **b** [l](javascript:x)\n# end\n\`\`\`\n%%{init: {}}%%`;

  it('makes no markup of a page', async () => {
    const files = flowFiles({ first: undoable('first') });
    const flow = (files['flow.arazzo.json'] ?? '')
      .replace('"Flow"', JSON.stringify(EVIL))
      .replaceAll('thing-0', EVIL.slice(0, 9));
    const shop = (files['shop.json'] ?? '').replace('"Shop"', JSON.stringify(EVIL));
    const { page } = await reported(ENTRY, { 'flow.arazzo.json': flow, 'shop.json': shop });
    expect(page).not.toMatch(/<script|<\/h1><|onload="/);
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'`);
  });

  it('makes no heading, fence, row, link or directive of Markdown', async () => {
    const files = flowFiles({ first: undoable('first') });
    const flow = (files['flow.arazzo.json'] ?? '').replace('"Flow"', JSON.stringify(EVIL));
    const shop = (files['shop.json'] ?? '').replace('"Shop"', JSON.stringify(EVIL)).replaceAll('/first', '/fi`rst|#;x');
    const quiet = await reported(ENTRY, files);
    const loud = await reported(ENTRY, { 'flow.arazzo.json': flow, 'shop.json': shop });
    // Nothing in it stands on a line of its own.
    expect(loud.markdown.split('\n').length).toBe(quiet.markdown.split('\n').length);
    expect(loud.markdown).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(javascript|^# end|^%%/m);
    const fences = loud.markdown.split('\n').filter((line) => line.startsWith('```'));
    expect(fences.length % 2).toBe(0);
    const rows = loud.markdown.split('\n').filter((line) => line.startsWith('| shop'));
    expect(rows.every((row) => row.replaceAll('\\|', '').split('|').length === 7)).toBe(true);
    const diagrams = [...loud.markdown.matchAll(/```mermaid\n(.*?)\n```/gs)].map(([, text]) => text ?? '');
    expect(diagrams.length).toBe(7);
    const label = /"[^"]*"/g;
    for (const text of diagrams) {
      expect(text).not.toMatch(/[`;{}](?!["}]|$|\])(?<!#\d+;)script/);
      for (const line of text.split('\n')) expect((line.match(/"/g) ?? []).length % 2, line).toBe(0);
      for (const [inside] of text.matchAll(label))
        expect(inside).toMatch(/^"(?:[\p{L}\p{N} .,/()_…-]|#\d+;|<br\/>)*"$/u);
    }
  });
});
