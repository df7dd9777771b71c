/**
 * The pipeline in one call: read, check, plan, emit. Every host goes through it (CLI, CDK app, corpus, tests), so that a
 * description means the same everywhere. Reads through the file port it is given and knows nothing of what happens to
 * the machines; a workflow with errors yields diagnostics and no machine.
 */
import { type CheckOptions, checkDescription } from '../check/check.ts';
import { typedPolicies } from '../check/policy.ts';
import { sorted } from '../diagnostics/order.ts';
import { machineFromPlan } from '../emit/machine-from-plan.ts';
import { undoMachineFromPlan } from '../emit/undo-machine.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Description } from '../model/description.ts';
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import type { LinkedWorkflow, Links } from '../model/links.ts';
import type { Plan } from '../model/plan.ts';
import { planFromWorkflow } from '../plan/plan-from-workflow.ts';
import { hashOfPlan } from '../plan/plan-hash.ts';
import { type ReadOptions, readDescription } from '../read/description.ts';
import type { FileSource } from '../read/file-source.ts';

export interface CompileRequest {
  /** The Arazzo file, as `files` names it. */
  readonly entry: string;
  readonly files: FileSource;
  /** The integration's name where the folder gives it; else a slug of the document's title. */
  readonly integration?: string;
  /** Only this workflow; all of the entry document where absent. */
  readonly workflowId?: string;
  readonly read?: ReadOptions;
  readonly check?: CheckOptions;
}

export interface Compiled {
  /** Of all phases, sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly documents: ReadonlyMap<string, PositionedDocument>;
  readonly description?: Description;
  readonly links?: Links;
  /** Every workflow id of the entry document, compiled or not. */
  readonly workflowIds: readonly string[];
  readonly workflows: readonly CompiledWorkflow[];
}

export interface CompiledWorkflow {
  readonly workflowId: string;
  readonly plan: Plan;
  readonly planHash: string;
  readonly machine: StateMachineDefinition;
  /** Settles runs of this plan whose execution was ended from outside. */
  readonly undoMachine: StateMachineDefinition;
}

export async function compileDescription(request: CompileRequest): Promise<Compiled> {
  const read = await readDescription(request.entry, request.files, request.read);
  const { description } = read;
  if (!description) return { diagnostics: read.diagnostics, documents: read.documents, workflowIds: [], workflows: [] };
  const checked = await checkDescription(description, request.check);
  const found = [...read.diagnostics, ...checked.diagnostics];
  const workflowIds = description.arazzo.workflows.map(({ workflowId }) => workflowId);
  const built = failing(found) ? { diagnostics: [], workflows: [] } : build(request, description, checked.links);
  return {
    diagnostics: sorted([...found, ...built.diagnostics], description.documents),
    documents: description.documents,
    description,
    links: checked.links,
    workflowIds,
    workflows: built.workflows,
  };
}

interface Built {
  readonly diagnostics: readonly Diagnostic[];
  readonly workflows: readonly CompiledWorkflow[];
}

function build(request: CompileRequest, description: Description, links: Links): Built {
  const integration = request.integration ?? slug(description.arazzo.info.title);
  const chosen = description.arazzo.workflows.filter(
    ({ workflowId }) => request.workflowId === undefined || workflowId === request.workflowId,
  );
  const planned = chosen.flatMap((workflow) => {
    const linked = links.workflows.get(workflow);
    return linked ? [planOne(request, integration, links, linked)] : [];
  });
  return {
    diagnostics: planned.flatMap(({ diagnostics }) => diagnostics),
    workflows: planned.flatMap(({ workflows }) => workflows),
  };
}

function planOne(request: CompileRequest, integration: string, links: Links, workflow: LinkedWorkflow): Built {
  const { plan, diagnostics } = planFromWorkflow({ links, workflow, integration, policies: typedPolicies });
  if (!plan) return { diagnostics, workflows: [] };
  const generatedFrom = `${request.entry}#${plan.workflowId}`;
  const compiled: CompiledWorkflow = {
    workflowId: plan.workflowId,
    plan,
    planHash: hashOfPlan(plan),
    machine: machineFromPlan(plan, generatedFrom),
    undoMachine: undoMachineFromPlan(plan, generatedFrom),
  };
  return { diagnostics, workflows: [compiled] };
}

export function failing(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** `Order fulfilment (EU)` -> `order-fulfilment-eu`: part of names in a deployment, so short and plain. */
export function slug(title: string): string {
  const words =
    title
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, 40).replace(/-$/, '') || 'integration';
}
