/**
 * An input for a simulated run: made from the workflow's `inputs` schema, and brought to what the requests ask for that
 * send it. A schema often says less than the operations behind it, or leaves an input out that a step reads. Where both
 * cannot be had, the workflow's own schema rules.
 */
import { atPointer } from '../expressions/pointer.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { inputProblems } from '../runtime/input.ts';
import { withDefaults } from '../runtime/input-defaults.ts';
import { candidatesFor, type Demand, demandsOf, meets } from './demands.ts';
import { withLeaf } from './json-leaves.ts';
import { sampleInput } from './sample-input.ts';

export async function fittedInput(plan: Plan): Promise<Json> {
  const schema = own(plan.scopes, '')?.inputSchema;
  const sampled = sampleInput(schema);
  let input = schema === undefined ? sampled : withDefaults(schema, sampled);
  for (const demand of demandsOf(plan).input) input = await fitted(input, demand, schema);
  return input;
}

async function fitted(input: Json, demand: Demand, schema: Json | undefined): Promise<Json> {
  if (!isObject(input) || (await meets(atPointer(input, demand.tokens), demand))) return input;
  const before = await problemsOf(schema, input);
  for (const candidate of candidatesFor(demand)) {
    const made = withLeaf(input, demand.tokens, candidate);
    const fits = (await meets(candidate, demand)) && (await problemsOf(schema, made)) <= before;
    if (fits) return made;
  }
  return input;
}

async function problemsOf(schema: Json | undefined, input: Json): Promise<number> {
  return schema === undefined ? 0 : (await inputProblems(schema, input)).length;
}
