/**
 * Steps, workflows and operations by their ids, each index made once for its owner: names are looked up for every
 * reference of a document, and both are as many as its author likes. Of two with one id the first counts. The models are
 * frozen, so an index never goes stale.
 */
import type { Step, Workflow } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import type { OpenApiDocument, Operation } from '../model/openapi.ts';

export const stepById: (workflow: Workflow, stepId: string) => Step | undefined = lookup(
  ({ steps }) => steps,
  ({ stepId }) => stepId,
);

export const workflowById: (description: Description, workflowId: string) => Workflow | undefined = lookup(
  ({ arazzo }) => arazzo.workflows,
  ({ workflowId }) => workflowId,
);

/** Any step of the description, whichever workflow it belongs to. */
export const anyStepById: (description: Description, stepId: string) => Step | undefined = lookup(
  ({ arazzo }) => arazzo.workflows.flatMap(({ steps }) => steps),
  ({ stepId }) => stepId,
);

export const operationById: (document: OpenApiDocument, operationId: string) => Operation | undefined = lookup(
  ({ operations }) => operations,
  ({ operationId }) => operationId,
);

function lookup<Owner extends object, Item>(
  itemsOf: (owner: Owner) => readonly Item[],
  idOf: (item: Item) => string | undefined,
): (owner: Owner, id: string) => Item | undefined {
  const indexes = new WeakMap<Owner, ReadonlyMap<string, Item>>();
  return (owner, id) => {
    const index = indexes.get(owner) ?? indexed(itemsOf(owner), idOf);
    indexes.set(owner, index);
    return index.get(id);
  };
}

function indexed<Item>(items: readonly Item[], idOf: (item: Item) => string | undefined): ReadonlyMap<string, Item> {
  const index = new Map<string, Item>();
  for (const item of items) {
    const id = idOf(item);
    if (id !== undefined && !index.has(id)) index.set(id, item);
  }
  return index;
}
