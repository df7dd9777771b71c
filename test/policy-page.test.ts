/**
 * docs/x-interlock.md lists every key of x-interlock: made from its JSON Schema and the table of defaults, so that the page says what an editor completes and `check` accepts. UPDATE=1 writes it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultRows } from '../lib/model/default-rows.ts';
import { isObject, type Json, type JsonObject } from '../lib/model/json.ts';
import { ROOT } from './support/source-tree.ts';

const PAGE = join(ROOT, 'docs/x-interlock.md');
// Our own schema, which other tests hold against the JSON Schema of JSON Schemas.
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'schemas/x-interlock.schema.json'), 'utf8')) as JsonObject;

/** Told elsewhere in more than a line. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['compensate', '[undo.md](undo.md)'],
  ['probe', '[undo.md](undo.md)'],
  ['fallback', '[undo.md](undo.md)'],
  ['forEach', '[for-each.md](for-each.md)'],
  ['poll', '[polling.md](polling.md)'],
  ['interaction', '[interaction.md](interaction.md)'],
]);

type PolicyOwner = 'sourceDescription' | 'workflow' | 'step';

const OWNERS: readonly (readonly [PolicyOwner, string, string])[] = [
  ['sourceDescription', 'At a source description: a system', 'They hold for every step that calls it.'],
  ['workflow', 'At a workflow', 'They hold for each of its runs.'],
  ['step', 'At a step', 'They hold for this step, and win over those of its system.'],
];

function objectAt(value: Json | undefined, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

/** With a reference of our own followed; what stands beside it wins. */
function followed(schema: JsonObject): JsonObject {
  const [, name] = /^#\/\$defs\/(.+)$/.exec(String(schema['$ref'] ?? '')) ?? [];
  return name === undefined ? schema : { ...followed(objectAt(objectAt(SCHEMA, '$defs'), name)), ...schema };
}

function valuesOf(schema: JsonObject): string {
  const { type, enum: allowed, title, minimum, maximum, items, properties } = followed(schema);
  if (Array.isArray(allowed)) return allowed.map((one) => `\`${String(one)}\``).join(', ');
  if (title === 'Duration') return 'duration';
  if (properties !== undefined) return 'object';
  if (items !== undefined || type === 'array') return 'list';
  if (schema['$ref'] === '#/$defs/idempotency') return '`natural`, or an object';
  if (schema['$ref'] === '#/$defs/timeouts') return 'duration, or a list of them';
  if (schema['$ref'] === '#/$defs/share') return 'share, up to 1';
  const range = [minimum, maximum].some((one) => one !== undefined) ? ` ${String(minimum)} to ${String(maximum)}` : '';
  if (type === 'integer') return `whole number${range}`;
  if (type === 'number') return `number${maximum === undefined ? '' : range}`;
  if (type === 'boolean') return '`true`, `false`';
  return type === 'string' ? 'text' : 'object';
}

function rowsOf(owner: PolicyOwner): readonly string[] {
  const defaults = new Map<string, string>();
  for (const { key, value, beside } of defaultRows()) {
    const only = beside === undefined ? value : `${value} (\`${beside.key}: ${beside.value}\`)`;
    for (const one of key.split(', ')) defaults.set(one, [defaults.get(one) ?? [], only].flat().join(', '));
  }
  const row = (key: string, schema: JsonObject): string =>
    `| \`${key}\` | ${valuesOf(schema)} | ${defaults.get(key) ?? ''} | ${String(followed(schema)['description'] ?? '')} |`;
  return Object.entries(objectAt(objectAt(objectAt(SCHEMA, '$defs'), owner), 'properties')).flatMap(([key, value]) => {
    if (!isObject(value)) return [];
    const elsewhere = ELSEWHERE.get(key);
    if (elsewhere !== undefined)
      return [`| \`${key}\` | object | | ${String(followed(value)['description'])} See ${elsewhere}. |`];
    const inner = {
      ...objectAt(objectAt(followed(value), 'else'), 'properties'),
      ...objectAt(followed(value), 'properties'),
    };
    return [
      row(key, value),
      ...Object.entries(inner).flatMap(([name, one]) => (isObject(one) ? [row(`${key}.${name}`, one)] : [])),
    ];
  });
}

function page(): string {
  return [
    '# x-interlock',
    '',
    'What Arazzo has no words for, under one key of a source description, a workflow or a step. Everything may be left out:',
    'a plain Arazzo document runs. An unknown key is an error that names the nearest known one. A duration is a whole number',
    'and a unit: `500ms`, `2s`, `5m`, `1h`, `1d`. The schema for editors is [schemas](../schemas/x-interlock.schema.json);',
    '`interlock check --defaults` prints what applies without a word.',
    '',
    'This page is generated: `UPDATE=1 npx vitest run test/policy-page.test.ts`.',
    ...OWNERS.flatMap(([owner, title, says]) => [
      '',
      `## ${title}`,
      '',
      says,
      '',
      '| key | value | without it | meaning |',
      '|---|---|---|---|',
      ...rowsOf(owner),
    ]),
    '',
  ].join('\n');
}

it('the page of x-interlock has every key that there is', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(PAGE, page());
  expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(page());
});
