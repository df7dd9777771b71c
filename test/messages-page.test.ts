/** docs/messages.md: its example compiles without a word, and its environment is one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEnvironment } from '../lib/check/environment.ts';
import { compileDescription } from '../lib/compile/compile.ts';
import { schemesOf, serversOf } from '../lib/embedded/environment-file.ts';
import { positionedFromText } from '../lib/read/positioned.ts';
import { memoryFiles } from './support/memory-files.ts';
import { ROOT } from './support/source-tree.ts';

const SHOP = `
openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
servers: [{ url: https://shop.example.com }]
paths:
  /parcels:
    post:
      operationId: bookParcel
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { '201': { description: Booked. } }
`;

/** The blocks of a page that name a file in their first line. */
function filesIn(page: string): { readonly [name: string]: string } {
  const blocks = page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g);
  return Object.fromEntries([...blocks].map(([, name = '', text = '']) => [name, text]));
}

it('the page of messages shows what compiles, and an environment that is one', async () => {
  const shown = filesIn(readFileSync(join(ROOT, 'docs/messages.md'), 'utf8'));
  const files = memoryFiles({ 'shop.openapi.yaml': SHOP, ...shown });
  const { diagnostics, workflows, description } = await compileDescription({ entry: 'workflow.arazzo.yaml', files });
  expect(diagnostics.map(({ headline }) => headline)).toEqual([]);
  expect(workflows.map(({ workflowId }) => workflowId)).toEqual(['ship']);
  if (!description) throw new Error('the description was read');
  for (const [name, text] of Object.entries(shown).filter(([file]) => file.startsWith('environments/'))) {
    const { document } = positionedFromText(name, text);
    const about = { systems: schemesOf(description), servers: serversOf(description) };
    expect(readEnvironment({ name, document, ...about }).diagnostics).toEqual([]);
  }
});
