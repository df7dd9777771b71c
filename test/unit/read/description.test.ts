/** From the name of an Arazzo document to the description: its sources, where they are looked for, what they are. */
import { describe, expect, it } from 'vitest';
import type { Description } from '../../../lib/model/description.ts';
import { readDescription, type ReadOptions } from '../../../lib/read/description.ts';
import type { FileSource } from '../../../lib/read/file-source.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const SHOP =
  "openapi: 3.1.0\ninfo: { title: Shop, version: '1' }\npaths: { /a: { get: { operationId: a, responses: {} } } }\n";
const EVENTS = "asyncapi: 3.0.0\ninfo: { title: Events, version: '1' }\n";

/** An Arazzo document with these members of its sources, as flow YAML. */
function arazzo(sources: string, rest: string = 'workflows: []'): string {
  return `arazzo: 1.1.0\ninfo: { title: x, version: '1' }\nsourceDescriptions: [${sources}]\n${rest}\n`;
}

interface Read {
  readonly description: Description | undefined;
  readonly codes: readonly string[];
  readonly documents: readonly string[];
}

async function read(
  files: Readonly<Record<string, string>>,
  entry: string = 'w.yaml',
  options: ReadOptions = {},
): Promise<Read> {
  const { description, diagnostics, documents } = await readDescription(entry, memoryFiles(files), options);
  return { description, codes: diagnostics.map(({ code }) => code), documents: [...documents.keys()] };
}

describe('a source', () => {
  it('is what its document says that it is', async () => {
    const sources =
      '{ name: shop, url: shop.yaml }, { name: events, url: events.yaml }, { name: other, url: other.yaml }';
    const files = { 'w.yaml': arazzo(sources), 'shop.yaml': SHOP, 'events.yaml': EVENTS, 'other.yaml': arazzo('') };
    const { description, codes } = await read(files);
    expect(codes).toEqual([]);
    expect([...(description?.sources ?? [])].map(([name, { kind }]) => [name, kind])).toEqual([
      ['shop', 'openapi'],
      ['events', 'asyncapi'],
      ['other', 'arazzo'],
    ]);
  });

  it.each([
    ['that is not there', '{ name: a, url: gone.yaml }', 'DOC001'],
    ['on the network', '{ name: a, url: "https://x.example/a.yaml" }', 'DOC004'],
    ['that is empty', '{ name: a, url: empty.yaml }', 'DOC013'],
    ['that is broken', '{ name: a, url: broken.yaml }', 'DOC010'],
    ['of no kind', '{ name: a, url: odd.yaml }', 'DOC031'],
    ['that is a list', '{ name: a, url: list.yaml }', 'DOC031'],
    ['of another kind than its type says', '{ name: a, url: shop.yaml, type: arazzo }', 'DOC032'],
    ['of a version that is not read', '{ name: a, url: old.yaml }', 'OAS001'],
  ])('%s is told, and the description is there all the same', async (_, source, code) => {
    const files = {
      'w.yaml': arazzo(source),
      'shop.yaml': SHOP,
      'empty.yaml': ' \n',
      'broken.yaml': 'a: [\n',
      'odd.yaml': 'a: 1\n',
      'list.yaml': '- 1\n',
      'old.yaml': "swagger: '1.2'\n",
    };
    const { description, codes } = await read(files);
    expect(codes).toContain(code);
    expect(description?.arazzo.sourceDescriptions).toHaveLength(1);
  });

  it('is refused where the port refuses it, each problem by its code', async () => {
    const problems = {
      'a.yaml': 'outside',
      'b.yaml': 'too-large',
      'c.yaml': 'unreadable',
      'd.yaml': 'not-text',
      'e.yaml': 'scheme-unsupported',
    } as const;
    const sources = Object.keys(problems).map((url, at) => `{ name: s${at}, url: ${url} }`);
    const files = memoryFiles({ 'w.yaml': arazzo(sources.join(', ')) }, problems);
    const { diagnostics } = await readDescription('w.yaml', files);
    expect(diagnostics.map(({ code }) => code)).toEqual(['DOC002', 'DOC003', 'DOC005', 'DOC006', 'DOC007']);
  });

  it('is read once, whoever names it', async () => {
    const asked: string[] = [];
    const texts: Readonly<Record<string, string>> = {
      'w.yaml': arazzo(
        '{ name: a, url: shop.yaml }, { name: b, url: ./shop.yaml }, { name: c, url: x/../shop.yaml }, { name: o, url: other.yaml }',
      ),
      'shop.yaml': SHOP,
      'other.yaml': arazzo('{ name: shop, url: shop.yaml }'),
    };
    const files: FileSource = {
      read: async (uri) => {
        asked.push(uri);
        return { text: texts[uri] ?? '' };
      },
    };
    const { description } = await readDescription('w.yaml', files);
    expect(asked).toEqual(['w.yaml', 'shop.yaml', 'other.yaml']);
    expect(description?.sources.get('a')).toBe(description?.sources.get('c'));
  });

  it('may name the document that names it', async () => {
    const files = {
      'w.yaml': arazzo('{ name: other, url: other.yaml }'),
      'other.yaml': arazzo('{ name: back, url: w.yaml }, { name: self, url: other.yaml }'),
    };
    const { description, codes } = await read(files);
    expect(codes).toEqual([]);
    const other = description?.sources.get('other');
    const back = other?.kind === 'arazzo' ? other.description.sources.get('back') : undefined;
    expect(back?.kind === 'arazzo' && back.description === description).toBe(true);
  });

  it('is read from elsewhere where the caller says so', async () => {
    const files = { 'w.yaml': arazzo('{ name: shop, url: "https://x.example/shop.yaml" }'), 'copies/shop.yaml': SHOP };
    const overrides = new Map([['https://x.example/shop.yaml', 'copies/shop.yaml']]);
    const { codes, documents } = await read(files, 'w.yaml', { overrides });
    expect(codes).toEqual([]);
    expect(documents).toContain('copies/shop.yaml');
  });

  it('without a url, or of a name that is taken, is no source', async () => {
    const files = {
      'w.yaml': arazzo('{ name: a }, { name: shop, url: shop.yaml }, { name: shop, url: events.yaml }, x, 5'),
      'shop.yaml': SHOP,
      'events.yaml': EVENTS,
    };
    const { description } = await read(files);
    expect([...(description?.sources ?? [])].map(([name, { kind }]) => [name, kind])).toEqual([['shop', 'openapi']]);
  });
});

describe('`$self`', () => {
  it('sets the base of relative urls; a file beside the document is taken before the network', async () => {
    const entry = (url: string): string =>
      `$self: https://x.example/apis/w.yaml\n${arazzo(`{ name: shop, url: ${url} }`)}`;
    expect((await read({ 'w.yaml': entry('shop.yaml'), 'shop.yaml': SHOP })).codes).toEqual([]);
    expect((await read({ 'w.yaml': entry('shop.yaml'), 'https://x.example/apis/shop.yaml': SHOP })).codes).toEqual([]);
    expect((await read({ 'w.yaml': entry('shop.yaml') })).codes).toEqual(['DOC001']);
  });

  it('is a name by which other documents find this one', async () => {
    const files = {
      'w.yaml': arazzo('{ name: other, url: other.yaml }, { name: named, url: "urn:example:other" }'),
      'other.yaml': `$self: urn:example:other\n${arazzo('')}`,
    };
    const { description, codes } = await read(files);
    expect(codes).toEqual([]);
    expect(description?.sources.get('named')?.kind).toBe('arazzo');
  });

  it('that is none is passed over', async () => {
    const files = { 'w.yaml': `$self: [1]\n${arazzo('{ name: shop, url: shop.yaml }')}`, 'shop.yaml': SHOP };
    expect((await read(files)).codes).toEqual([]);
  });
});

describe('the entry', () => {
  it.each([
    ['is not there', undefined, 'DOC001'],
    ['is empty', '', 'DOC013'],
    ['is broken', 'a: [\n', 'DOC010'],
    ['is an OpenAPI document', SHOP, 'DOC030'],
    ['is a text', 'just words\n', 'DOC030'],
    ['is null', '# nothing\n', 'DOC030'],
  ])('that %s gives no description', async (_, text, code) => {
    const { description, codes } = await read(text === undefined ? {} : { 'w.yaml': text });
    expect(description).toBeUndefined();
    expect(codes).toContain(code);
  });

  it('with an error that is none of syntax gives one', async () => {
    const { description, codes } = await read({ 'w.yaml': arazzo('', 'workflows: []\nx-a: 1\nx-a: 2') });
    expect(codes).toEqual(['DOC014']);
    expect(description?.arazzo.version).toBe('1.1');
  });

  it.each([
    [
      'whose members all have the wrong type',
      'arazzo: [1]\ninfo: 1\nsourceDescriptions: { a: 1 }\nworkflows: x\ncomponents: 2\n',
    ],
    [
      'whose lists hold anything',
      'arazzo: 1.0.0\nworkflows: [1, null, [], { workflowId: [], steps: [x, { stepId: 1, parameters: [1, { in: 5 }], onFailure: [{ type: jump }, {}] }], outputs: [] }]\n',
    ],
    [
      'whose names are those of JavaScript',
      'arazzo: 1.0.0\ncomponents: { parameters: { __proto__: { name: a }, constructor: {} } }\nworkflows: [{ outputs: { __proto__: $inputs } }]\n',
    ],
  ])('%s is read as far as it can be', async (_, text) => {
    const { description } = await read({ 'w.yaml': text });
    expect(description?.arazzo.uri).toBe('w.yaml');
  });
});

describe('the inputs of a workflow', () => {
  it('are a schema that stands alone, with what it refers to in other files', async () => {
    const files = {
      'w.yaml': arazzo(
        '',
        "workflows: [{ workflowId: a, inputs: { $ref: '#/components/inputs/order' } }]\ncomponents: { inputs: { order: { properties: { line: { $ref: 'line.yaml' } } } } }",
      ),
      'line.yaml': 'type: object\nproperties: { next: { $ref: line.yaml } }\n',
    };
    const { description, codes } = await read(files);
    expect(codes).toEqual([]);
    expect(description?.arazzo.workflows[0]?.inputs).toEqual({
      properties: { line: { $ref: '#/$defs/line' } },
      $defs: { line: { type: 'object', properties: { next: { $ref: '#/$defs/line' } } } },
    });
  });

  it('may refer to definitions of their own', async () => {
    const inputs = "{ $defs: { id: { type: string } }, properties: { id: { $ref: '#/$defs/id' } } }";
    const { description, codes } = await read({
      'w.yaml': arazzo('', `workflows: [{ workflowId: a, inputs: ${inputs} }]`),
    });
    expect(codes).toEqual([]);
    expect(description?.arazzo.workflows[0]?.inputs).toMatchObject({ $defs: { id: { type: 'string' } } });
  });

  it('that refer to nothing, or to themselves, are told', async () => {
    const text = arazzo(
      '',
      "workflows: [{ inputs: { $ref: '#/x' } }, { inputs: { $ref: '#/components/inputs/a' } }]\ncomponents: { inputs: { a: { $ref: '#/components/inputs/a' } } }",
    );
    expect((await read({ 'w.yaml': text })).codes).toEqual(['DOC040', 'OAS004']);
  });
});
