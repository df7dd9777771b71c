/**
 * A probe that picks the effect out of a list, where the OpenAPI document has an example of that list: what the simulated
 * system shows is the effect that was made, so an undo by the id that the probe gives takes back what stands.
 */
import { describe, expect, it } from 'vitest';
import { evaluateCriterion } from '../../../lib/expressions/criterion.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { Catalogue } from '../../../lib/rehearse/catalogue.ts';
import { play, subjectOf } from '../../../lib/rehearse/scenario.ts';
import { scenarioFaults } from '../../../lib/rehearse/scenario-file.ts';
import { type RehearsedFlow, rehearsedFlow, undoable } from '../../support/rehearsing.ts';

const LISTED: readonly JsonObject[] = [
  { id: 'listed-1', ref: 'another', state: 'made', tags: ['a', 'b'] },
  { id: 'listed-2', ref: 'order-1', state: 'made', tags: ['c'] },
];

/** The answer of the first is lost, its probe finds it, and what comes after it fails. */
const UNSEEN_AND_UNDONE = { first: ['lost-after'], second: ['refused'] };

interface Reading {
  readonly example: Json;
  readonly output: JsonObject;
  readonly applied: JsonObject;
}

async function flowOf({ example, output, applied }: Reading): Promise<RehearsedFlow> {
  const probe = {
    operationId: 'find',
    parameters: [{ name: 'key', in: 'query', value: '$request.header.Idempotency-Key' }],
    applied: [applied],
    outputs: { id: output },
  };
  const { compensate } = undoable('first') as { readonly compensate: JsonObject };
  return await rehearsedFlow({
    found: { schema: {}, example },
    first: { compensate, probe },
    second: undoable('second'),
  });
}

const byPath = (selector: string): JsonObject => ({ context: '$response.body', selector, type: 'jsonpath' });
const when = (condition: string): JsonObject => ({ context: '$response.body', type: 'jsonpath', condition });

describe('a probe that picks its effect out of a list with an example', () => {
  it.each<[string, Reading]>([
    [
      'by a filter at the root',
      {
        example: LISTED,
        output: byPath("$[?@.ref=='{$inputs.ref}'].id"),
        applied: when("$[?@.ref=='{$inputs.ref}'].id"),
      },
    ],
    ['by a place', { example: LISTED, output: byPath('$[0].id'), applied: when('$[0].id') }],
    [
      'by a filter further in',
      {
        example: { page: 1, items: LISTED },
        output: byPath("$.items[?@.state=='made' && @.ref=='order-1'].id"),
        applied: when("$.items[?@.ref=='order-1']"),
      },
    ],
    [
      'by a pointer',
      {
        example: { items: LISTED },
        output: { context: '$response.body', selector: '/items/1/id', type: 'jsonpointer' },
        applied: { condition: "$response.body#/items/1/state == 'made'" },
      },
    ],
    [
      'out of an empty one',
      { example: [], output: byPath("$[?@.ref=='order-1'].id"), applied: when("$[?@.ref=='order-1']") },
    ],
  ])('shows the one that was made: %s', async (_, reading) => {
    const { options } = await flowOf(reading);
    const scenario = scenarioFaults(UNSEEN_AND_UNDONE, new Catalogue(options.workflow.plan));
    const { evidence, violations } = await play(subjectOf(options), scenario.ok ? scenario.faults : []);
    expect(violations.map(({ what }) => what)).toEqual([]);
    expect(options.book.notes).toEqual([]);
    expect(evidence.record.header.phase).toBe('compensated');
    expect(evidence.effects.map(({ operation, undone }) => [operation, undone.length])).toEqual([
      ['shop.make-first', 1],
    ]);
  });

  it('is told where it cannot be shown, so that nobody takes it for the fault of the workflow', async () => {
    const { options } = await flowOf({
      example: LISTED,
      output: byPath('$..id'),
      applied: when("$[?@.ref=='order-1']"),
    });
    expect(options.book.notes.join('\n')).toContain('shows the output id as first gave it');
  });
});

describe('a criterion that no element of a list is so', () => {
  const none = (condition: string, body: Json): boolean =>
    evaluateCriterion(
      { type: 'jsonpath', version: 'rfc9535', context: '$response.body', condition },
      { inputs: { ref: 'r' }, response: { body } },
    ).met;

  it.each<[Json, boolean]>([
    [[], true],
    [[{ ref: 's' }, { ref: 't' }], true],
    [[{ ref: 's' }, { ref: 'r' }], false],
    [[{}], true],
  ])('%j: %s, as the page says that it is written', (body, holds) => {
    expect(none("$[?count($[?@.ref=='{$inputs.ref}']) == 0]", body)).toBe(holds);
    expect(none("$[?count($.lines[?@.ref=='{$inputs.ref}']) == 0]", { lines: body })).toBe(holds);
  });
});
