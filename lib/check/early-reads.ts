/**
 * Reads of outputs that cannot be there yet when steps run in array order: of the step itself or a later one, where no
 * action leads from it back to the reader. A workflow of more steps than any plan holds is not looked at: whether each
 * step leads back to each other one is a question whose answer grows with their square.
 */
import type { Step } from '../model/arazzo.ts';
import type { LinkedStep, LinkedWorkflow, Read } from '../model/links.ts';
import { flowOf, reachableFrom } from './flow.ts';

export interface EarlyRead {
  readonly reader: LinkedStep;
  /** The step whose output is read. */
  readonly of: Step;
  readonly read: Read;
}

const mostSteps = 2_000;

export function earlyReads(owner: LinkedWorkflow): readonly EarlyRead[] {
  const { steps } = owner;
  if (steps.length > mostSteps) return [];
  const flow = flowOf(owner);
  const numbers = new Map(steps.map(({ step, index }) => [step, index] as const));
  const reachable = new Map<number, readonly boolean[]>();
  const leadsTo = (from: number, to: number) => {
    const reached = reachable.get(from) ?? reachableFrom(flow, from);
    reachable.set(from, reached);
    return reached[to] === true;
  };
  return steps.flatMap((reader) =>
    reader.reads.flatMap((read) => {
      if (read.what.kind !== 'step') return [];
      const { step: of, output } = read.what;
      const from = numbers.get(of);
      if (from === undefined || from < reader.index || !gives(steps[from], output)) return [];
      return leadsTo(from, reader.index) ? [] : [{ reader, of, read }];
    }),
  );
}

/** Of a step that calls a workflow, whatever that has: what is read and not declared is handed on (implied-outputs.ts). */
function gives(linked: LinkedStep | undefined, output: string): boolean {
  const { step, target } = linked ?? {};
  return step?.outputs.has(output) === true || (target?.kind === 'workflow' && target.workflow.outputs.has(output));
}
