/**
 * What an action hands to a workflow out of its own step's request and answer (`$response` in its `parameters`). Inputs of a
 * workflow are read when it runs, and by then there is no answer any more: so such a value is an output of the step besides,
 * under a name that no description uses, and the parameter reads that. Of a step that calls a workflow the same goes for
 * `$outputs`. What reads nothing of its own step stays as it is written. Where another call asks until the step is done, the
 * answer is the one that said so, which its criteria have seen, too. Of a step that fails only what its actions hand on is
 * kept; one call and one answer are needed for that (`keepsFailedAnswer`).
 */
import type { FailureAction, SuccessAction } from '../model/arazzo.ts';
import type { Json } from '../model/json.ts';
import type { LinkedAction, LinkedParameter, LinkedPoll, LinkedStep } from '../model/links.ts';
import { HANDED_BY_FAILURE, HANDED_ON, keepsFailedAnswer } from '../model/handed-on-names.ts';
import { oncePer } from '../model/once-per.ts';
import { references } from '../expressions/references.ts';
import { parseValue } from '../expressions/values.ts';

type Entry = LinkedAction<SuccessAction | FailureAction>;

interface HandedOn {
  /** Outputs of the step beside its own. */
  readonly outputs: ReadonlyMap<string, Json>;
  readonly parameters: ReadonlyMap<Entry, readonly LinkedParameter[]>;
}

/** What a failed step has had of its own. */
const EXCHANGE: ReadonlySet<string> = new Set(['response', 'request', 'statusCode', 'url', 'method', 'message']);
const OWN: ReadonlySet<string> = new Set([...EXCHANGE, 'outputs']);

const handedOn = oncePer((linked: LinkedStep): HandedOn => {
  const { step, poll } = linked;
  const outputs = new Map<string, Json>();
  const parameters = new Map<Entry, readonly LinkedParameter[]>();
  const handOn = (entries: readonly Entry[], prefix: string, own: ReadonlySet<string>): void => {
    for (const [number, entry] of entries.entries()) {
      const read = entry.parameters.map((one, at): LinkedParameter => {
        const { parameter } = one;
        if (!readsAnyOf(parameter.value, own)) return one;
        const taken = new Set([...step.outputs.keys(), ...(poll?.step.outputs.keys() ?? [])]);
        const name = unused(`${prefix}${number}-${at}`, taken);
        outputs.set(name, parameter.value);
        return { ...one, parameter: { ...parameter, value: `$steps.${step.stepId}.outputs.${name}` } };
      });
      parameters.set(entry, read);
    }
  };
  handOn(linked.successActions, HANDED_ON, OWN);
  if (keepsFailedAnswer(linked)) handOn(linked.failureActions.filter(leadsOn), HANDED_BY_FAILURE, EXCHANGE);
  return { outputs, parameters };
});

function leadsOn({ target }: Entry): boolean {
  return target?.kind === 'workflow';
}

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

function readsAnyOf(value: Json, own: ReadonlySet<string>): boolean {
  return references(parseValue(value)).some(({ expression }) => own.has(expression.source));
}

function unused(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  while (taken.has(name)) name += '-';
  return name;
}
