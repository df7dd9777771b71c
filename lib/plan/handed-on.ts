/**
 * What an action on success hands to a workflow out of its own step's request and answer (`$response` in its `parameters`).
 * Inputs of a workflow are read when it runs, and by then there is no answer any more: so such a value is an output of the
 * step besides, under a name that no description uses, and the parameter reads that. Of a step that calls a workflow the
 * same goes for `$outputs`. What reads nothing of its own step stays as it is written. Where another call asks until the
 * step is done, the answer is the one that said so, which its criteria have seen, too.
 */
import type { FailureAction, SuccessAction } from '../model/arazzo.ts';
import type { Json } from '../model/json.ts';
import type { LinkedAction, LinkedParameter, LinkedPoll, LinkedStep } from '../model/links.ts';
import { HANDED_ON } from '../model/handed-on-names.ts';
import { oncePer } from '../model/once-per.ts';
import { references } from '../expressions/references.ts';
import { parseValue } from '../expressions/values.ts';

type Entry = LinkedAction<SuccessAction | FailureAction>;

interface HandedOn {
  /** Outputs of the step beside its own. */
  readonly outputs: ReadonlyMap<string, Json>;
  readonly parameters: ReadonlyMap<Entry, readonly LinkedParameter[]>;
}

const OWN: ReadonlySet<string> = new Set(['response', 'request', 'statusCode', 'url', 'method', 'message', 'outputs']);

const handedOn = oncePer(({ step, successActions, poll }: LinkedStep): HandedOn => {
  const outputs = new Map<string, Json>();
  const parameters = new Map<Entry, readonly LinkedParameter[]>();
  for (const [number, entry] of successActions.entries()) {
    const read = entry.parameters.map((one, at): LinkedParameter => {
      const { parameter } = one;
      if (!isOfOwnStep(parameter.value)) return one;
      const taken = new Set([...step.outputs.keys(), ...(poll?.step.outputs.keys() ?? [])]);
      const name = unused(`${HANDED_ON}${number}-${at}`, taken);
      outputs.set(name, parameter.value);
      return { ...one, parameter: { ...parameter, value: `$steps.${step.stepId}.outputs.${name}` } };
    });
    parameters.set(entry, read);
  }
  return { outputs, parameters };
});

/** All outputs of the step's own call as the plan has them. */
export function outputsWithHandedOn(linked: LinkedStep): Iterable<readonly [string, Json]> {
  return linked.poll ? linked.step.outputs : [...linked.step.outputs, ...handedOn(linked).outputs];
}

/** All outputs of what asks until the step is done. */
export function outputsOfPoll(linked: LinkedStep, poll: LinkedPoll): ReadonlyMap<string, Json> {
  return new Map([...poll.step.outputs, ...handedOn(linked).outputs]);
}

/** The very same list each time: a tail is known again by it. */
export function handedParameters(linked: LinkedStep, entry: Entry): readonly LinkedParameter[] {
  return handedOn(linked).parameters.get(entry) ?? entry.parameters;
}

function isOfOwnStep(value: Json): boolean {
  return references(parseValue(value)).some(({ expression }) => OWN.has(expression.source));
}

function unused(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  while (taken.has(name)) name += '-';
  return name;
}
