/** A document may have a finding at each of very many members: each is found and placed without looking at all the others. */
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { offsetsOf } from '../../../lib/diagnostics/position.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const SHOP = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  paths: { '/a': { get: { operationId: 'a', responses: { '200': { description: 'it' } } } } },
});
const COUNT = 20_000;

function flow(outputs: { readonly [name: string]: unknown }): string {
  return JSON.stringify({
    arazzo: '1.1.0',
    info: { title: 'Flow', version: '1' },
    sourceDescriptions: [{ name: 'shop', url: 'shop.json', type: 'openapi' }],
    workflows: [{ workflowId: 'w', steps: [{ stepId: 'one', operationId: 'a', outputs }] }],
  });
}

function many(valueOf: (at: number) => unknown): { readonly [name: string]: unknown } {
  return Object.fromEntries(Array.from({ length: COUNT }, (_, at) => [`o${at}`, valueOf(at)]));
}

async function found(text: string): Promise<{ readonly codes: ReadonlySet<string>; readonly last: string }> {
  const files = memoryFiles({ 'flow.json': text, 'shop.json': SHOP });
  const { diagnostics, documents } = await compileDescription({ entry: 'flow.json', files });
  expect(diagnostics.length).toBeGreaterThanOrEqual(1_000);
  const place = diagnostics.at(-1)?.place;
  const document = place && documents.get(place.document);
  const [start, end] = place && document ? offsetsOf(place, document) : [0, 0];
  return { codes: new Set(diagnostics.map(({ code }) => code)), last: text.slice(start, end) };
}

describe('many findings', () => {
  it('of expressions are each at their own characters', async () => {
    const { codes, last } = await found(flow(many((at) => `$inputs.a${at}.`)));
    expect(codes).toContain('ARZ103');
    expect(last).toContain(`a${COUNT - 1}`);
  });

  it('of shape keep what lies below them from being said again', async () => {
    const { codes } = await found(flow(many((at) => ({ context: '$response.body', selector: at }))));
    expect([...codes]).toEqual(['ARZ003', 'ARZ004']);
  });
});
