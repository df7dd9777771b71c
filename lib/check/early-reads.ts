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
      const of = read.what.kind === 'step' && read.what.step.outputs.has(read.what.output) ? read.what.step : undefined;
      const from = of && numbers.get(of);
      if (of === undefined || from === undefined || from < reader.index || leadsTo(from, reader.index)) return [];
      return [{ reader, of, read }];
    }),
  );
}
