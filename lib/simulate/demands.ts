/**
 * What a plan's requests ask of the places that their values come from: the run's input, and bodies of answers. An input or
 * an answer made without regard to it would be refused where it is sent.
 */
import { formatPointer } from '../expressions/pointer.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { own } from '../model/json.ts';
import type { Plan, PlanCall } from '../model/plan.ts';
import { firstBreak } from '../runtime/contract/validate.ts';
import { type Origin, originOf } from './origins.ts';
import { sampleOf } from './sample.ts';
import { definitionsOf, slotsOf } from './slots.ts';
import { stepsInOrder } from './stated-order.ts';

export interface Demand {
  readonly tokens: readonly string[];
  readonly schema: Json;
  readonly definitions: JsonObject;
  readonly asText: boolean;
}

export interface Demands {
  readonly input: readonly Demand[];
  /** By path of the step that is answered. */
  readonly answers: ReadonlyMap<string, readonly Demand[]>;
}

const MOST_DEMANDS = 5_000;

export function demandsOf(plan: Plan): Demands {
  const input: Demand[] = [];
  const answers = new Map<string, Demand[]>();
  const known = new Set<string>();
  for (const call of [...stepsInOrder(plan), ...Object.values(plan.calls)]) {
    for (const { origin, demand } of madeBy(plan, call)) {
      const name = `${origin.kind === 'answer' ? origin.step : ''} ${formatPointer(origin.tokens)} ${call.path}`;
      if (known.has(name) || known.size >= MOST_DEMANDS) continue;
      known.add(name);
      if (origin.kind === 'input') input.push(demand);
      else answers.set(origin.step, [...(answers.get(origin.step) ?? []), demand]);
    }
  }
  return { input, answers };
}

function madeBy(plan: Plan, call: PlanCall): readonly { readonly origin: Origin; readonly demand: Demand }[] {
  const operation = own(plan.operations, call.operation);
  if (!operation) return [];
  const definitions = definitionsOf(plan, operation);
  return slotsOf(plan, call).flatMap(({ value, schema, asText }) => {
    const origin = originOf(plan, value, { scope: call.scope });
    return origin ? [{ origin, demand: { tokens: origin.tokens, schema, definitions, asText } }] : [];
  });
}

export async function meets(value: Json | undefined, { schema, definitions, asText }: Demand): Promise<boolean> {
  if (value === undefined) return false;
  return (await firstBreak({ schema, definitions, direction: 'request', value, asText })) === undefined;
}

/** Values that may meet it, the likeliest first. */
export function candidatesFor({ schema, definitions, asText }: Demand): readonly Json[] {
  const made = sampleOf(schema, { $defs: definitions });
  if (made === undefined) return [];
  const isScalar = typeof made !== 'object';
  return asText && isScalar && typeof made !== 'string' ? [made, String(made)] : [made];
}
