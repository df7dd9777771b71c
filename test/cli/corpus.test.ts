/** `npm run corpus` as it is called, on a small corpus of our own: what it counts, and how it ends. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { inFolder, type Said, script } from '../support/command-line.ts';

const corpus = (...words: readonly string[]): Promise<Said> => script('corpus.ts', words);

const SHOP = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.example' }],
  paths: { '/orders': { post: { operationId: 'create', responses: { '201': { description: 'made' } } } } },
};

function flow(...steps: readonly JsonObject[]): JsonObject {
  const sourceDescriptions = [{ name: 'shop', url: 'shop.json', type: 'openapi' }];
  const workflows = [{ workflowId: 'w', steps }];
  return { arazzo: '1.1.0', info: { title: 'Flow', version: '1' }, sourceDescriptions, workflows };
}

const wanting = (status: number): JsonObject => ({
  stepId: 'create',
  operationId: 'create',
  successCriteria: [{ condition: `$statusCode == ${status}` }],
});
const ENDLESS: JsonObject = {
  ...wanting(201),
  onSuccess: [{ name: 'again', type: 'goto', stepId: 'create' }],
};

const DOCUMENTS: { readonly [id: string]: { readonly document: JsonObject; readonly resolved: string | null } } = {
  'good.json': { document: flow(wanting(201)), resolved: 'shop.json' },
  'cannot.json': { document: flow(wanting(200)), resolved: 'shop.json' },
  'endless.json': { document: flow(ENDLESS), resolved: 'shop.json' },
  'refused.json': { document: flow({ stepId: 'a', operationId: 'nowhere' }), resolved: 'shop.json' },
  'lost.json': { document: flow(wanting(201)), resolved: null },
};

function writeCorpus(folder: string): void {
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs', 'shop.json'), JSON.stringify(SHOP));
  const manifest = Object.entries(DOCUMENTS).map(([id, { document, resolved }]) => {
    writeFileSync(join(folder, 'docs', id), JSON.stringify(document));
    return { id, schemaValid: true, sources: [{ name: 'shop', url: 'shop.json', resolved }] };
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

describe('npm run corpus', () => {
  it('counts what compiles, what runs to a good end, and what its documents do not let succeed', async () => {
    await inFolder(async (folder) => {
      writeCorpus(folder);
      const { code, out } = await corpus(folder, '--execute', '--json');
      const { totals, cannotMeet, documents } = JSON.parse(out);
      expect({ code, totals }).toEqual({
        code: 0,
        totals: {
          documents: 5,
          crashed: 0,
          hung: 0,
          refused: 1,
          compiled: 4,
          eligible: 4,
          eligibleCompiled: 3,
          executed: 4,
          succeeded: 2,
          cannotMeet: 1,
          failed: 1,
          workflows: { executed: 4, succeeded: 2, cannotMeet: 1 },
        },
      });
      expect(cannotMeet).toEqual([
        {
          id: 'cannot.json',
          workflowId: 'w',
          step: 'create',
          criterion: { type: 'simple', condition: '$statusCode == 200' },
          why: 'the document has no answer 200',
        },
      ]);
      const ends = documents.map(({ id, executed }: { id: string; executed?: { end: string; why?: string }[] }) => [
        id,
        executed?.[0]?.end,
        executed?.[0]?.why?.includes('step visits'),
      ]);
      expect(ends).toContainEqual(['endless.json', 'failed', true]);
    });
  });

  it('runs nothing without being asked, and says the same for people', async () => {
    await inFolder(async (folder) => {
      writeCorpus(folder);
      const { code, out } = await corpus(folder);
      expect({ code, last: out.trimEnd().split('\n').slice(-2) }).toEqual({
        code: 0,
        last: [
          '5 documents: 4 compiled, 1 refused, 0 crashed, 0 hung',
          '4 of them valid with all sources: 3 compiled (75.0 %)',
        ],
      });
    });
  });

  it('fails with 2 on words that it does not know', async () => {
    expect(await corpus()).toMatchObject({ code: 2, error: expect.stringContaining('--execute') });
    expect(await corpus('somewhere', '--run')).toMatchObject({ code: 2 });
  });
});
