import { describe, expect, it, test } from 'vitest';
import { assert } from '../../../lib/model/assert.ts';
import type { Json } from '../../../lib/model/json.ts';
import { renderJsonText } from '../../../lib/expressions/json-text.ts';
import { parseValue } from '../../../lib/expressions/values.ts';

const inputs = {
  id: 7,
  name: 'Ann "the" \\ O\'Neil\n',
  tags: ['a'],
  who: { x: 1 },
  nothing: null,
  json: '{"y":2}',
  evil: '","admin":true,"x":"',
};

function render(text: string) {
  const template = parseValue(text);
  assert(template.kind === 'template', 'the case is a template');
  return renderJsonText(template, { inputs });
}

describe('a template that is JSON text', () => {
  test.each<readonly [string, Json]>([
    ['{"id": "{$inputs.id}"}', { id: 7 }],
    ['{"id": {$inputs.id}}', { id: 7 }],
    ['{"name": "{$inputs.name}"}', { name: inputs.name }],
    ['{"name": {$inputs.name}}', { name: inputs.name }],
    ['{"name": "Dear {$inputs.name}!"}', { name: `Dear ${inputs.name}!` }],
    ['{"who": "{$inputs.who}", "tags": "{$inputs.tags}"}', { who: { x: 1 }, tags: ['a'] }],
    ['{"text": "{$inputs.who} and {$inputs.nothing}"}', { text: '{"x":1} and null' }],
    ['{"a": "{$inputs.nothing}"}', { a: null }],
    ['{"a": {$inputs.json}}', { a: { y: 2 } }],
    ['{"a": "{$inputs.json}"}', { a: '{"y":2}' }],
    ['["{$inputs.id}","{$inputs.name}",{$inputs.who}]', [7, inputs.name, { x: 1 }]],
    ['{"{$inputs.json}": 1}', { '{"y":2}': 1 }],
    ['{"a": "\\"{$inputs.id}\\""}', { a: '"7"' }],
    ['"{$inputs.id}"', 7],
    ['{"a": "{$inputs.id}{$inputs.id}"}', { a: '77' }],
  ])('%s', (text, json) => {
    const outcome = render(text);
    assert(outcome.found && typeof outcome.value === 'string', 'the case has a value');
    expect(JSON.parse(outcome.value)).toEqual(json);
    expect(outcome.missing).toEqual([]);
  });

  it('cannot be given members by data, wherever the placeholder stands', () => {
    for (const text of ['{"a": "{$inputs.evil}"}', '{"a": "x{$inputs.evil}"}', '{"a": {$inputs.evil}}']) {
      const outcome = render(text);
      assert(outcome.found && typeof outcome.value === 'string', 'the case has a value');
      expect(Object.keys(JSON.parse(outcome.value))).toEqual(['a']);
    }
  });

  it('has null for a whole value that is missing, and lists it', () => {
    expect(render('{"a": "{$inputs.none}", "b": {$inputs.none}}')).toEqual({
      found: true,
      value: '{"a": null, "b": null}',
      missing: [
        { path: [], why: '$inputs.none is missing: the inputs hold no `none`' },
        { path: [], why: '$inputs.none is missing: the inputs hold no `none`' },
      ],
    });
  });

  it('is missing when a part of a string is', () => {
    expect(render('{"a": "x{$inputs.none}"}')).toEqual({
      found: false,
      why: '$inputs.none is missing: the inputs hold no `none`',
    });
  });
});
