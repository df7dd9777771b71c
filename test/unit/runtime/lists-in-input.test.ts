/** Which lists of an input are looked at before a run begins, and which are left to the step that is done for each. */
import { expect, it } from 'vitest';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { assert } from '../../../lib/model/assert.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { checkedInput } from '../../../lib/runtime/run.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { PLAIN_SHOP } from '../../support/played-workflow.ts';

const EACH: JsonObject = { stepId: 'each', operationId: 'a', 'x-interlock': { forEach: { items: '$inputs.lines' } } };
const INPUTS: JsonObject = { type: 'object', properties: { lines: {}, order: { type: 'object' } } };

async function problems(input: Json, ...workflows: readonly JsonObject[]): Promise<unknown> {
  const description = {
    arazzo: '1.1.0',
    info: { title: 'Lists', version: '1.0.0' },
    sourceDescriptions: [{ name: 'shop', url: 'shop.yaml', type: 'openapi' }],
    workflows: workflows.map((one, index) => ({ workflowId: `w${index}`, inputs: INPUTS, ...one })),
  };
  const files = memoryFiles({ 'main.json': JSON.stringify(description), 'shop.yaml': PLAIN_SHOP });
  const compiled = await compileDescription({ entry: 'main.json', files });
  const main = compiled.workflows.find(({ plan }) => plan.workflowId === 'w0');
  assert(main, `it compiles: ${JSON.stringify(compiled.diagnostics.map(({ headline }) => headline))}`);
  const checked = await checkedInput(main.plan, input);
  return checked.kind === 'invalid' ? checked.problems : [];
}

const some = (count: number): Json => Array.from({ length: count }, (_, number) => number);
const within = { workflowId: 'w1' };
const tooMany = 'more than 10000 items, and gives it 10001';

it('one of as many items as a list may have is taken, and so is an empty one', async () => {
  expect(await problems({ lines: some(10_000) }, { steps: [EACH] })).toEqual([]);
  expect(await problems({ lines: [] }, { steps: [EACH] })).toEqual([]);
});

it('what is no list, null too, is refused at its place; what is missing is told by the step, which may have its own', async () => {
  const told = [{ pointer: '/lines', message: 'must give each a list' }];
  expect(await problems({ lines: { sku: 'a' } }, { steps: [EACH] })).toEqual(told);
  expect(await problems({ lines: null }, { steps: [EACH] })).toEqual(told);
  expect(await problems({}, { steps: [EACH] })).toEqual([]);
});

it('a place is told as the expression has it, with what a pointer may not hold', async () => {
  const items = '$inputs.order#/a~1b/lines';
  const deep = { ...EACH, 'x-interlock': { forEach: { items } } };
  const input = { order: { 'a/b': { lines: some(10_001) } } };
  const [told] = [{ pointer: '/order/a~1b/lines', message: `must not give each ${tooMany}` }];
  expect(await problems(input, { steps: [deep] })).toEqual([told]);
});

it('a list that a workflow within is given is looked at, too, however it comes there', async () => {
  const call = { stepId: 'call', ...within, parameters: [{ name: 'lines', value: '$inputs.order.lines' }] };
  const told = [{ pointer: '', message: `must not give call/each ${tooMany}` }];
  expect(await problems({ order: { lines: some(10_001) } }, { steps: [call] }, { steps: [EACH] })).toEqual(told);
});

it('a list that a system answers is left to its step', async () => {
  const look = { stepId: 'look', operationId: 'b', outputs: { lines: '$response.body' } };
  const each = { ...EACH, 'x-interlock': { forEach: { items: '$steps.look.outputs.lines' } } };
  expect(await problems({ lines: some(10_001) }, { steps: [look, each] })).toEqual([]);
});

it.each<[string, JsonObject]>([
  [
    'that ends the run',
    { onSuccess: [{ name: 'over', type: 'end', criteria: [{ condition: '$statusCode == 204' }] }] },
  ],
  ['that leads past it', { onFailure: [{ name: 'past', type: 'goto', stepId: 'last' }] }],
])('a list is left to its step where there is an action %s', async (_, action) => {
  const steps = [{ stepId: 'look', operationId: 'b', ...action }, EACH, { stepId: 'last', operationId: 'c' }];
  expect(await problems({ lines: some(10_001) }, { steps })).toEqual([]);
});

it('a retry leads past nothing', async () => {
  const onFailure = [{ name: 'again', type: 'retry', retryLimit: 2 }];
  const steps = [{ stepId: 'look', operationId: 'b', onFailure }, EACH];
  expect(await problems({ lines: some(10_001) }, { steps })).toHaveLength(1);
});
