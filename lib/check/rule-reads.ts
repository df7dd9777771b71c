/** All reads of all linked workflows: those of their steps and those of their outputs. */
import type { Step } from '../model/arazzo.ts';
import type { Place } from '../model/diagnostic.ts';
import type { LinkedStep, LinkedWorkflow, Links, Read, ReadMoment } from '../model/links.ts';

export type ReadIn = Read & { readonly owner: LinkedWorkflow };

export function readsIn(links: Links): ReadIn[] {
  return [...links.workflows.values()].flatMap((owner) =>
    [...owner.steps.flatMap(readsOfStep), ...owner.reads].map((read) => ({ ...read, owner })),
  );
}

/** What stands beside a step may read that step, too. */
function readsOfStep({ reads, undo, probe, fallback, poll }: LinkedStep): readonly Read[] {
  return [...reads, ...[undo, probe, fallback, poll].flatMap((one) => one?.reads ?? [])];
}

/** Its own, and those of what is asked until it is done. */
export function outputNames({ outputs, poll }: Step): readonly string[] {
  return [...outputs.keys(), ...(poll?.outputs.keys() ?? [])];
}

export interface UndeclaredOutput {
  readonly step: Step;
  readonly output: string;
  readonly moment: ReadMoment;
  readonly at: Place;
  /** The expression as written. */
  readonly text: string;
}

/** Reads of outputs that their step does not declare; an empty name stands for all of them. */
export function undeclaredOutputs(links: Links): UndeclaredOutput[] {
  const reads = [...links.workflows.values()].flatMap((owner) => [
    ...owner.steps.flatMap((step) => step.reads),
    ...owner.reads,
  ]);
  return reads.flatMap(undeclaredIn);
}

/** The same in what undoes and probes a step: there a value that is missing keeps the call from ever being made. */
export function undeclaredBeside({ undo, probe, poll }: LinkedStep): UndeclaredOutput[] {
  return [...(undo?.reads ?? []), ...(probe?.reads ?? []), ...(poll?.reads ?? [])].flatMap(undeclaredIn);
}

function undeclaredIn({ what, moment, at, text }: Read): UndeclaredOutput[] {
  if (what.kind !== 'step' || what.output === '' || outputNames(what.step).includes(what.output)) return [];
  return [{ step: what.step, output: what.output, moment, at, text }];
}
