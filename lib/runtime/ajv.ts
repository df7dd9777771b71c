/**
 * The JSON Schema engine, loaded when a schema first needs it: most starts never do. It follows every way through the
 * schemas, and a web of them has more ways than anybody can walk; so each definition that it comes through counts, and a
 * judgement that takes too many is given up. What was given up says nothing of the value.
 */
import type { ValidateFunction } from 'ajv';
import type { Ajv2020, Options } from 'ajv/dist/2020.js';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';

/** By its default export: bundlers give CommonJS packages no other when they are loaded late. */
async function loadedClass(): Promise<typeof Ajv2020> {
  const { default: dialect } = await import('ajv/dist/2020.js');
  return dialect.Ajv2020;
}

/** Definitions that a judgement may come through, and so many more for each value in the value that is judged. */
const FREE = 20_000;
const EACH = 100;

class TooMuchWork extends Error {}

const MARK = '$counted';
/** Of the judgement that is under way: there is one at a time, since judging waits for nothing. */
const under = { spent: 0, limit: FREE, isCounted: false, value: null as Json };

/** How much a value is worth is only asked once the free part is used up. */
function spend(): void {
  under.spent += 1;
  if (under.spent <= under.limit) return;
  if (!under.isCounted) under.limit = FREE + EACH * valuesIn(under.value);
  under.isCounted = true;
  if (under.spent > under.limit) throw new TooMuchWork();
}

function valuesIn(value: Json): number {
  const pending: Json[] = [value];
  let count = 0;
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    count += 1;
    if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) pending.push(inner);
  }
  return count;
}

export async function newAjv(options: Options): Promise<Ajv2020> {
  const Ajv = await loadedClass();
  const ajv = new Ajv(options);
  ajv.addKeyword({
    keyword: MARK,
    validate: () => {
      spend();
      return true;
    },
  });
  return ajv;
}

/** For hosts of virtual time, which does not wait for a disk. */
export async function preloadAjv(): Promise<void> {
  await loadedClass();
}

/** The same schema, in which the root and every definition count. */
export function counted(schema: JsonObject): JsonObject {
  const definitions = own(schema, '$defs');
  const marked = isObject(definitions)
    ? { $defs: Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, withMark(one)])) }
    : {};
  return { ...schema, ...marked, [MARK]: true };
}

function withMark(schema: Json): Json {
  return isObject(schema) ? { ...schema, [MARK]: true } : schema;
}

export function judged(validate: ValidateFunction, value: Json): boolean | 'too-much-work' {
  Object.assign(under, { spent: 0, limit: FREE, isCounted: false, value });
  try {
    return validate(value);
  } catch (error) {
    // A value may also be nested deeper than the engine, which calls itself, can go.
    if (error instanceof TooMuchWork || error instanceof RangeError) return 'too-much-work';
    throw error;
  }
}
