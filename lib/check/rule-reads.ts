/** All reads of all linked workflows: those of their steps and those of their outputs. */
import type { Step } from '../model/arazzo.ts';
import type { Place } from '../model/diagnostic.ts';
import type { LinkedWorkflow, Links, Read, ReadMoment } from '../model/links.ts';

export type ReadIn = Read & { readonly owner: LinkedWorkflow };

export function readsIn(links: Links): ReadIn[] {
  return [...links.workflows.values()].flatMap((owner) =>
    [...owner.steps.flatMap(({ reads }) => reads), ...owner.reads].map((read) => ({ ...read, owner })),
  );
}

export interface UndeclaredOutput {
  readonly step: Step;
  readonly output: string;
  readonly moment: ReadMoment;
  readonly at: Place;
}

/** Reads of outputs that their step does not declare; an empty name stands for all of them. */
export function undeclaredOutputs(links: Links): UndeclaredOutput[] {
  return readsIn(links).flatMap(({ what, moment, at }) => {
    if (what.kind !== 'step' || what.output === '' || what.step.outputs.has(what.output)) return [];
    return [{ step: what.step, output: what.output, moment, at }];
  });
}
