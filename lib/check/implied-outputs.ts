/**
 * Outputs that a step which calls a workflow hands on without declaring them: `$steps.call.outputs.id`, where the called
 * workflow has the output `id` and the step none of that name. The standard gives a step the outputs that it declares; read
 * so, the expression can never have a value, and it is in use. It is followed, with a warning that says what to declare.
 */
import type { Step, Workflow } from '../model/arazzo.ts';
import type { Json } from '../model/json.ts';
import type { Links } from '../model/links.ts';
import { oncePer } from '../model/once-per.ts';
import { undeclaredOutputs } from './rule-reads.ts';
import { subworkflowsOf } from './rule.ts';

/** By step: what its outputs are beside those that it declares. */
export const impliedOutputs: (links: Links) => ReadonlyMap<Step, ReadonlyMap<string, Json>> = oncePer(
  (links: Links) => {
    const called = calledBy(links);
    const implied = new Map<Step, Map<string, Json>>();
    for (const { step, output } of undeclaredOutputs(links)) {
      if (!called.get(step)?.outputs.has(output)) continue;
      const outputs = implied.get(step) ?? new Map<string, Json>();
      implied.set(step, outputs.set(output, `$outputs.${output}`));
    }
    return implied;
  },
);

/** The workflow that a step calls. */
export function calledBy(links: Links): ReadonlyMap<Step, Workflow> {
  return new Map(subworkflowsOf(links).map(({ linked, target }) => [linked.step, target.workflow]));
}
