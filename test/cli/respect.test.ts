/** `npm run respect` as it is called, on a small corpus of our own and with a tool that says what the test wants. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, type Said, script } from '../support/command-line.ts';

const respect = (words: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said> => script('respect.ts', words, env);

const SHOP = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.example' }],
  paths: {
    '/orders': {
      get: {
        operationId: 'list',
        responses: { '200': { description: 'all', content: { 'application/json': { example: { count: 3 } } } } },
      },
    },
  },
};
const FLOW = {
  arazzo: '1.0.1',
  $schema: 'https://spec.openapis.org/arazzo/1.0/schema',
  info: { title: 'Flow', version: '1' },
  sourceDescriptions: [{ name: 'shop', url: 'https://far.example/shop.json', type: 'openapi' }],
  workflows: [
    {
      workflowId: 'count',
      steps: [{ stepId: 'list', operationId: 'list', outputs: { count: '$response.body#/count' } }],
      outputs: { count: '$steps.list.outputs.count' },
    },
  ],
};

function writeCorpus(folder: string): void {
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs', 'shop.json'), JSON.stringify(SHOP));
  writeFileSync(join(folder, 'docs', 'flow.json'), JSON.stringify(FLOW));
  const sources = [{ name: 'shop', url: 'https://far.example/shop.json', resolved: 'shop.json' }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ id: 'flow.json', schemaValid: true, sources }]));
}

/** A command line that calls what it is told to call, tells its output, and writes the log that the real one would. */
function writeTool(folder: string, { count, check }: { readonly count: number; readonly check?: string }): string {
  const file = join(folder, 'tool.mjs');
  writeFileSync(
    file,
    `import { readFileSync, writeFileSync } from 'node:fs';
const words = process.argv.slice(2);
if (words[0] === '--version') { console.log('9.9.9'); process.exit(0); }
const option = (name) => words[words.indexOf(name) + 1];
const document = JSON.parse(readFileSync(words[1], 'utf8'));
if (document.$schema !== undefined || document.sourceDescriptions[0].url !== './shop.json') process.exit(9);
const server = option('--server').replace('shop=', '');
const { count } = await (await fetch(server + '/orders')).json();
if (count !== 3 || process.env.REDOCLY_TELEMETRY !== 'off') process.exit(9);
const tell = document.workflows.at(-1).steps[0]['x-operation'].url;
await fetch(tell, { method: 'POST', body: JSON.stringify({ value: ${count} }) });
const checks = ${check === undefined ? '[]' : JSON.stringify([{ name: 'unexpected error', message: check, status: 'error' }])};
const status = checks.length > 0 ? 'error' : 'success';
const executedSteps = [{ type: 'step', stepId: 'list', status, checks, response: { statusCode: 200 } }];
const executedWorkflows = [{ type: 'workflow', workflowId: 'count', status, executedSteps }];
writeFileSync(option('--json-output'), JSON.stringify({ files: { [words[1]]: { executedWorkflows } } }));
`,
  );
  return file;
}

async function compared(tool: Parameters<typeof writeTool>[1]): Promise<Said> {
  return await inFolder(async (folder) => {
    writeCorpus(folder);
    return await respect([folder, '--cli', writeTool(folder, tool), '--json']);
  });
}

describe('npm run respect', () => {
  it('finds two tools alike that do the same against the same systems', async () => {
    const { code, out } = await compared({ count: 3 });
    const { totals, workflows } = JSON.parse(out);
    expect(totals).toMatchObject({ documents: 1, documentsCompared: 1, compared: 1, same: 1, unexplained: 0 });
    expect(workflows[0].ours).toMatchObject({ verdict: 'succeeded', calls: [{ step: 'list', passed: true }] });
    expect(workflows[0].ours.outputs).toEqual(workflows[0].theirs.outputs);
    expect(code).toBe(0);
  }, 60_000);

  it('fails where an output differs and nothing explains it', async () => {
    const { code, out } = await compared({ count: 4 });
    const { totals, workflows } = JSON.parse(out);
    expect([code, totals.unexplained, totals.same]).toEqual([1, 1, 0]);
    expect(workflows[0].differences).toEqual([{ in: 'output', name: 'count', ours: 3, theirs: 4 }]);
  }, 60_000);

  it('names the reason of a difference that the specification explains, and fails for another failure', async () => {
    const known = "Error in resolving runtime expression '$response.body#/x': it reaches no value";
    const explained = await compared({ count: 3, check: known });
    const { totals, workflows } = JSON.parse(explained.out);
    expect([explained.code, totals.explained, totals.unexplained]).toEqual([0, 1, 0]);
    expect(workflows[0].differences.map(({ reason }: { readonly reason: string }) => reason)).toEqual([
      'missing-value',
      'missing-value',
    ]);
    expect((await compared({ count: 3, check: 'the moon was full' })).code).toBe(1);
  }, 60_000);

  it('says what to do where the tool cannot be had, and how it is called', async () => {
    await inFolder(async (folder) => {
      writeCorpus(folder);
      const unreachable = { PATH: '', HOME: folder };
      const none = await respect([folder], unreachable);
      expect([none.code, none.error]).toEqual([3, expect.stringMatching(/cannot be installed .*npm run respect/)]);
      const wrong = await respect([folder, '--cli', join(folder, 'nothing.js')]);
      expect([wrong.code, wrong.error]).toEqual([3, expect.stringContaining('there is no file')]);
    });
    for (const words of [[], ['a', 'b'], ['a', '--nothing']]) {
      const { code, error } = await respect(words);
      expect([code, error]).toEqual([2, 'usage: npm run respect -- DIR [--only TEXT] [--cli FILE] [--json]\n']);
    }
  }, 60_000);
});
