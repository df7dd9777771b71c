/** Everything that a document could make endless is bounded, and past a bound there is a diagnostic, soon. */
import { describe, expect, it } from 'vitest';
import { readDescription } from '../../../lib/read/description.ts';
import type { FileSource } from '../../../lib/read/file-source.ts';
import { readOpenApi } from '../../../lib/read/openapi.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { documentOf, saidOf } from '../../support/reading.ts';

describe('a document', () => {
  it('is as large as it may be, and no larger', () => {
    const text = 'a: 123456\n';
    expect(saidOf(text, 'a.yaml', { characters: text.length }).codes).toEqual([]);
    expect(saidOf(text, 'a.yaml', { characters: text.length - 1 })).toMatchObject({ codes: ['DOC003'], broken: true });
    expect(saidOf('{"a":1}', 'a.json', { characters: 6 }).codes).toEqual(['DOC003']);
  });

  it.each([
    [
      'plain YAML',
      (depth: number) => `${Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n')} x\n`,
    ],
    ['flow YAML', (depth: number) => `${'['.repeat(depth)}x${']'.repeat(depth)}\n`],
    ['flow YAML over lines', (depth: number) => `a: ${'[\n '.repeat(depth - 1)}x${']'.repeat(depth - 1)}\n`],
    ['JSON', (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
  ])('nests as deep as it may, and no deeper: %s', (_, nested) => {
    expect(saidOf(nested(20), 'a.yaml', { depth: 20 }).codes).toEqual([]);
    expect(saidOf(nested(21), 'a.yaml', { depth: 20 })).toMatchObject({ codes: ['DOC016'], broken: true });
  });

  it.each([
    ['brackets of JSON', '['.repeat(1_000_000)],
    ['braces of JSON', '{"a":'.repeat(200_000)],
    ['brackets of YAML', `a: ${'['.repeat(1_000_000)}`],
    ['braces of YAML', `a: ${'{'.repeat(1_000_000)}`],
    ['dashes', '- '.repeat(500_000)],
    ['question marks', '? '.repeat(500_000)],
  ])('of nothing but %s ends at the first too many', (_, text) => {
    expect(saidOf(text).codes).toEqual(['DOC016']);
  });

  it('has as many values as it may, and no more', () => {
    const list = (count: number): string => `- ${Array.from({ length: count }, () => 'x').join('\n- ')}\n`;
    expect(saidOf(list(9), 'a.yaml', { values: 10 }).codes).toEqual([]);
    expect(saidOf(list(10), 'a.yaml', { values: 10 })).toMatchObject({ codes: ['DOC017'], broken: true });
    expect(saidOf('[1,2,3,4,5,6,7,8,9,10]', 'a.json', { values: 10 }).codes).toEqual(['DOC017']);
  });

  it('has as many tokens as it may where it needs the whole parser of YAML', () => {
    const text = 'a: &x 1\nb: [*x, *x]\n';
    expect(saidOf(text, 'a.yaml', { yamlTokens: 100 }).codes).toEqual([]);
    expect(saidOf(text, 'a.yaml', { yamlTokens: 10 })).toMatchObject({ codes: ['DOC024'], broken: true });
    expect(saidOf('a: 1\nb: [1, 2]\n', 'a.yaml', { yamlTokens: 1 }).codes).toEqual([]);
  });
});

describe('an alias', () => {
  it('counts with all that it stands for: ten lines of laughs are refused', () => {
    const laughs = Array.from({ length: 10 }, (_, at) => {
      const inside = at === 0 ? 'lol' : `*a${at - 1}`;
      return `a${at}: &a${at} [${Array.from({ length: 9 }, () => inside).join(', ')}]`;
    });
    const { codes, broken } = saidOf(`${laughs.join('\n')}\n`);
    expect({ codes, broken }).toEqual({ codes: ['DOC017'], broken: true });
  });

  it('counts with the depth of what it stands for', () => {
    const links = (count: number): string =>
      Array.from({ length: count }, (_, at) => `a${at}: &a${at} [[[${at === 0 ? 'x' : `*a${at - 1}`}]]]\n`).join('');
    expect(saidOf(links(3), 'a.yaml', { depth: 10 }).codes).toEqual([]);
    expect(saidOf(links(4), 'a.yaml', { depth: 10 })).toMatchObject({ codes: ['DOC016'], broken: true });
  });

  it('yields the value itself, not a copy', () => {
    const { root } = documentOf('a: &x [1]\nb: *x\n');
    const { a, b } = root as { readonly a: unknown; readonly b: unknown };
    expect(b).toBe(a);
  });
});

describe('of faults of one kind', () => {
  it.each([
    ['keys that are there already', 'a: 1\n'.repeat(50_000), 'DOC014'],
    ['numbers that are rounded', '- 12345678901234567890\n'.repeat(20_000), 'DOC022'],
    ['merge keys', 'a: &x {}\nb:\n' + '- <<: *x\n'.repeat(2_000), 'DOC025'],
    ['aliases of nothing', `- ${'*x\n- '.repeat(2_000)}*x\n`, 'DOC018'],
  ])('as many are told as somebody reads: %s', (_, text, code) => {
    expect(saidOf(text).codes).toEqual(Array.from({ length: 100 }, () => code));
  });
});

describe('a long line', () => {
  const length = 8_000_000;
  // Patterns with a repeated group overflow JavaScript's stack on these.
  it.each([
    ['escapes', `a: "${'\\n'.repeat(length / 2)}"\n`],
    ['doubled quotes', `a: '${"''".repeat(length / 2)}'\n`],
    ['colons', `a: ${'b:b'.repeat(length / 8)}\n`],
    ['escapes in JSON', `{"a": "${'\\n'.repeat(length / 2)}"}`],
    ['blank lines', `${'\n'.repeat(length / 2)}a: 1\n`],
    ['comments', `${'# b\n'.repeat(length / 16)}a: 1\n`],
    ['blanks', `a: b${' '.repeat(length / 8)}\n`],
  ])('of %s is read', (_, text) => {
    expect(saidOf(text).codes).toEqual([]);
  });
});

describe('a description', () => {
  const entry = (sources: readonly string[]): string =>
    `arazzo: 1.0.1\ninfo: { title: x, version: '1' }\nsourceDescriptions:\n${sources.map((url, at) => `  - { name: s${at}, url: ${url} }`).join('\n')}\nworkflows: []\n`;

  it('reads as many documents as it may, and asks for no more', async () => {
    const asked: string[] = [];
    const files: FileSource = {
      read: async (uri) => {
        asked.push(uri);
        return { text: uri === 'w.yaml' ? entry(['a.yaml', 'b.yaml', 'c.yaml']) : 'openapi: 3.1.0\n' };
      },
    };
    const { diagnostics } = await readDescription('w.yaml', files, { limits: { documents: 3 } });
    expect(diagnostics.map(({ code, value }) => [code, value])).toEqual([['DOC033', 'c.yaml']]);
    expect(asked).toEqual(['w.yaml', 'a.yaml', 'b.yaml']);
  });

  it('that refers to ever new files comes to an end', async () => {
    const endless: FileSource = {
      read: async (uri) => ({
        text: uri === 'w.yaml' ? entry(['1.yaml']) : `openapi: 3.1.0\n$ref: './${Number.parseInt(uri, 10) + 1}.yaml'\n`,
      }),
    };
    const { description, documents } = await readDescription('w.yaml', endless, { limits: { documents: 20 } });
    expect(documents.size).toBe(20);
    expect(description?.sources.get('s0')?.kind).toBe('openapi');
  });
});

describe('an OpenAPI document', () => {
  const paths = Array.from(
    { length: 5 },
    (_, at) => `  /p${at}: { get: { operationId: op${at}, responses: { '200': { description: x } } } }\n`,
  );
  const files = memoryFiles({ 'api.yaml': `openapi: 3.1.0\npaths:\n${paths.join('')}` });

  it('has as many operations as it may; those beyond are left out', async () => {
    const { document, diagnostics } = await readOpenApi('api.yaml', files, { limits: { operations: 3 } });
    expect(diagnostics.map(({ code }) => code)).toEqual(['OAS011']);
    expect(document?.operations.map(({ operationId }) => operationId)).toEqual(['op0', 'op1', 'op2']);
  });

  it('has as many parameters and responses as it may', async () => {
    const { document, diagnostics } = await readOpenApi('api.yaml', files, { limits: { operationParts: 2 } });
    expect(diagnostics.map(({ code }) => code)).toEqual(['OAS011']);
    expect(document?.operations.map(({ responses }) => responses.length)).toEqual([1, 1, 0, 0, 0]);
  });
});

describe('an OpenAPI document with very many faults', () => {
  it('is told the first of each kind, in time', async () => {
    const count = 5_000;
    const operations = Array.from(
      { length: count },
      (_, at) =>
        `  /p${at}: { get: { security: [{ key${at}: [] }], responses: { '200': { $ref: '#/components/responses/gone${at}' } } } }\n`,
    );
    const names = Array.from({ length: count }, (_, at) => `    name${at}: { type: http, scheme: basic }\n`);
    const text = `openapi: 3.1.0\npaths:\n${operations.join('')}components:\n  responses: {}\n  securitySchemes:\n${names.join('')}`;
    const { diagnostics } = await readOpenApi('api.yaml', memoryFiles({ 'api.yaml': text }));
    const count100 = (code: string): number => diagnostics.filter((one) => one.code === code).length;
    expect([count100('OAS002'), count100('OAS010'), diagnostics.length]).toEqual([100, 100, 200]);
  });

  it('names schemas of one name apart, however many there are', async () => {
    const count = 10_000;
    const parts = Array.from({ length: count }, (_, at) => `  p${at}: { schema: { title: t${at} } }\n`);
    const all = Array.from({ length: count }, (_, at) => `{ $ref: '#/x/p${at}/schema' }`);
    const text = `openapi: 3.1.0\npaths: { /a: { get: { parameters: [{ name: q, in: query, schema: { anyOf: [${all.join(', ')}] } }] } } }\nx:\n${parts.join('')}`;
    const { document } = await readOpenApi('api.yaml', memoryFiles({ 'api.yaml': text }));
    expect(Object.keys(document?.schemas ?? {}).length).toBe(count);
    expect(document?.schemas['schema_10000']).toBeDefined();
  });
});
