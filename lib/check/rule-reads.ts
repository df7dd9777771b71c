/** All reads of all linked workflows: those of their steps and those of their outputs. */
import type { LinkedWorkflow, Links, Read } from '../model/links.ts';

export type ReadIn = Read & { readonly owner: LinkedWorkflow };

export function readsIn(links: Links): ReadIn[] {
  return [...links.workflows.values()].flatMap((owner) =>
    [...owner.steps.flatMap(({ reads }) => reads), ...owner.reads].map((read) => ({ ...read, owner })),
  );
}
