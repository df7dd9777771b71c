/**
 * What the children of a Map run start with: the items, in the state or from the ItemReader, through the ItemSelector,
 * gathered by the ItemBatcher. Time and randomness are those of the event that began the run, so a run that is taken up
 * again gives its children the same inputs.
 */
import type { Json, JsonObject } from '../model/json.ts';
import { type Item, ItemReaderError, itemsIn } from './item-formats.ts';
import { sizeWithin } from './json-size.ts';
import type { Query, View } from './query/language.ts';
import { Problem } from './query/language.ts';
import type { ItemSource } from './ports.ts';
import { PAYLOAD_BYTES } from './quotas.ts';
import { RandomSource } from './random-source.ts';
import type { BatcherRequest, MapRunRequest } from './snapshot.ts';
import { mapItem } from './strands.ts';

export interface ChildInput {
  readonly index: number;
  readonly input: Json;
  /** How many items it stands for: the tolerance counts items. */
  readonly items: number;
}

/** The ItemSelector has no value for an item. */
export class SelectorError extends Error {}

export async function* childInputs(
  request: MapRunRequest,
  selector: Query | null,
  source: ItemSource | null,
): AsyncGenerator<ChildInput> {
  const values = selected(request, selector, itemsOf(request, source));
  yield* request.batcher === undefined ? singles(values) : batches(request.batcher, values);
}

async function* singles(values: AsyncGenerator<Json>): AsyncGenerator<ChildInput> {
  let index = 0;
  for await (const input of values) {
    yield { index, input, items: 1 };
    index += 1;
  }
}

function itemsOf(request: MapRunRequest, source: ItemSource | null): AsyncGenerator<Item> {
  const { reader } = request;
  if (reader === undefined) return itemsOfState(request);
  if (source === null) throw new ItemReaderError('no item source is configured');
  return itemsIn(source.read(reader), reader.config);
}

async function* itemsOfState({ items = [], keys }: MapRunRequest): AsyncGenerator<Item> {
  for (const [index, value] of items.entries()) {
    const key = keys?.[index];
    yield key === undefined ? { value } : { value, key };
  }
}

async function* selected(
  request: MapRunRequest,
  selector: Query | null,
  items: AsyncGenerator<Item>,
): AsyncGenerator<Json> {
  let index = 0;
  for await (const item of items) {
    const value = selector === null ? item.value : await selector.evaluate(viewOf(request, item, index));
    if (value instanceof Problem) throw new SelectorError(value.message);
    yield value;
    index += 1;
  }
}

function viewOf(request: MapRunRequest, { value, key }: Item, index: number): View {
  const source = request.reader === undefined ? 'STATE_DATA' : request.reader.resource;
  let random: RandomSource | null = null;
  const one = { items: [value], ...(key !== undefined && { keys: [key] }) };
  return {
    variables: request.variables,
    input: request.input,
    time: request.time,
    context: () => ({ ...request.context, Map: { Item: { ...mapItem(one, 0, source), Index: index } } }),
    random: () => {
      random ??= new RandomSource(request.seed + index);
      return random;
    },
  };
}

async function* batches(batcher: BatcherRequest, values: AsyncGenerator<Json>): AsyncGenerator<ChildInput> {
  const { maxItemsPerBatch = Number.POSITIVE_INFINITY, maxInputBytesPerBatch = PAYLOAD_BYTES } = batcher;
  const room = Math.min(maxInputBytesPerBatch, PAYLOAD_BYTES) - sizeWithin(batchInput(batcher, []), PAYLOAD_BYTES);
  let items: Json[] = [];
  let [index, bytes] = [0, 0];
  for await (const value of values) {
    const size = sizeWithin(value, PAYLOAD_BYTES) + 1;
    if (items.length > 0 && (items.length >= maxItemsPerBatch || bytes + size > room)) {
      yield { index, input: batchInput(batcher, items), items: items.length };
      [items, index, bytes] = [[], index + 1, 0];
    }
    items.push(value);
    bytes += size;
  }
  if (items.length > 0) yield { index, input: batchInput(batcher, items), items: items.length };
}

function batchInput({ batchInput: BatchInput }: BatcherRequest, Items: readonly Json[]): JsonObject {
  return { ...(BatchInput !== undefined && { BatchInput }), Items };
}
