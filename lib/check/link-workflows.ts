/**
 * Names of workflows and steps to what they name: `<id>`, `$sourceDescriptions.<source>.<workflowId>`,
 * `$workflows.<workflowId>.steps.<stepId>` and `$sourceDescriptions.<source>.<workflowId>.steps.<stepId>` (Arazzo 1.1,
 * sections 3 and 4). Forms that are not the standard's but cannot mean anything else are followed with a warning.
 */
import { parseExpression } from '../expressions/parse.ts';
import type { Step, Workflow } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { StepDependency, WorkflowTarget } from '../model/links.ts';
import { anyStepById, stepById, workflowById } from './lookups.ts';
import { type Linking, reportKind, sourceNamed, sourceReference } from './linking.ts';

/** The workflow that `workflowId`, an action or `dependsOn` names. */
export function workflowNamed(linking: Linking, text: string, at: Place): WorkflowTarget | undefined {
  if (!text.startsWith('$')) return localWorkflow(linking, text, at);
  const loose = looseWorkflow(text);
  if (loose !== undefined) {
    const target = foreignWorkflow(linking, loose.name, loose.reference, at);
    const instead = `$sourceDescriptions.${loose.name}.${loose.reference}`;
    if (target !== undefined) linking.report('ARZ043', at, { text, instead });
    return target;
  }
  const parsed = sourceReference(linking, text, at);
  if (parsed.ok) return foreignWorkflow(linking, parsed.name, parsed.reference, at);
  const forms = ['<workflowId>', '$sourceDescriptions.<name>.<workflowId>'];
  linking.report('ARZ040', at, { text, why: parsed.why, forms });
  return undefined;
}

export function localWorkflow(linking: Linking, workflowId: string, at: Place): WorkflowTarget | undefined {
  const { description } = linking;
  const workflow = workflowById(description, workflowId);
  if (workflow !== undefined) return { kind: 'workflow', description, workflow };
  const dotted = behindItsSource(linking, workflowId, at);
  if (dotted !== undefined) return dotted;
  linking.report('ARZ035', at, { workflowId, known: knownWorkflows(description) });
  return undefined;
}

/** `returns.take-back`: the name of a source description, and a workflow of it. */
function behindItsSource(linking: Linking, text: string, at: Place): WorkflowTarget | undefined {
  const [sourceName = '', ...rest] = text.split('.');
  const source = linking.description.sources.get(sourceName);
  const workflow = source?.kind === 'arazzo' ? workflowById(source.description, rest.join('.')) : undefined;
  if (source?.kind !== 'arazzo' || workflow === undefined) return undefined;
  linking.report('ARZ043', at, { text, instead: `$sourceDescriptions.${text}` });
  return { kind: 'workflow', sourceName, description: source.description, workflow };
}

/** A workflow of an Arazzo source; one of a source that could not be read is not the document's fault. */
export function foreignWorkflow(
  linking: Linking,
  sourceName: string,
  workflowId: string,
  at: Place,
): WorkflowTarget | undefined {
  const source = sourceNamed(linking, sourceName, at);
  if (source === undefined) return undefined;
  if (source.kind !== 'arazzo') {
    reportKind(linking, sourceName, source, at, ['arazzo']);
    return undefined;
  }
  const { description } = source;
  const workflow = workflowById(description, workflowId);
  if (workflow !== undefined) return { kind: 'workflow', sourceName, description, workflow };
  const known = description.arazzo.workflows.map((one) => one.workflowId);
  linking.report('ARZ035', at, { workflowId, known, source: sourceName });
  return undefined;
}

/** A step of the workflow that is being linked. */
export function stepNamed(linking: Linking, stepId: string, at: Place): Step | undefined {
  const { workflow } = linking;
  const step = stepById(workflow, stepId);
  if (step === undefined) reportStep(linking, workflow, stepId, at);
  return step;
}

/** What a step's `dependsOn` names. */
export function dependencyNamed(linking: Linking, text: string, at: Place): StepDependency | undefined {
  if (!text.startsWith('$')) {
    const step = stepNamed(linking, text, at);
    return step && { kind: 'step', step, text, at };
  }
  const foreign = foreignStep(linking, text, at);
  return foreign && { kind: 'foreign-step', ...foreign, text, at };
}

interface ForeignStep {
  readonly target: WorkflowTarget;
  readonly step: Step;
}

const dependencyForms = [
  '<stepId>',
  '$workflows.<workflowId>.steps.<stepId>',
  '$sourceDescriptions.<name>.<workflowId>.steps.<stepId>',
];

function foreignStep(linking: Linking, text: string, at: Place): ForeignStep | undefined {
  const [, ofStep] = /^\$steps\.([A-Za-z0-9_-]+)(?:\.|$)/.exec(text) ?? [];
  if (ofStep !== undefined) {
    linking.report('ARZ040', at, {
      text,
      why: 'a step is named by its id alone',
      forms: dependencyForms,
      instead: ofStep,
    });
    return undefined;
  }
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    linking.report('ARZ040', at, { text, why: parsed.problem.message, forms: dependencyForms });
    return undefined;
  }
  const { expression } = parsed;
  if (expression.source === 'workflows' && expression.field === 'steps' && expression.name === undefined) {
    return stepIn(linking, localWorkflow(linking, expression.workflowId, at), expression.stepId, at);
  }
  const foreign =
    expression.source === 'sourceDescriptions' ? /^(.+)\.steps\.([^.]+)$/.exec(expression.reference) : null;
  if (expression.source === 'sourceDescriptions' && foreign?.[1] !== undefined && foreign[2] !== undefined) {
    return stepIn(linking, foreignWorkflow(linking, expression.name, foreign[1], at), foreign[2], at);
  }
  linking.report('ARZ040', at, { text, why: 'it names no step', forms: dependencyForms });
  return undefined;
}

function stepIn(
  linking: Linking,
  target: WorkflowTarget | undefined,
  stepId: string,
  at: Place,
): ForeignStep | undefined {
  if (target === undefined) return undefined;
  const step = stepById(target.workflow, stepId);
  if (step !== undefined) return { target, step };
  reportStep(linking, target.workflow, stepId, at);
  return undefined;
}

function reportStep(linking: Linking, workflow: Workflow, stepId: string, at: Place): void {
  const { workflowId } = workflow;
  const elsewhere = anyStepById(linking.description, stepId);
  if (elsewhere !== undefined) linking.report('ARZ037', at, { stepId, workflowId, other: elsewhere.at });
  else linking.report('ARZ036', at, { stepId, workflowId, known: workflow.steps.map((step) => step.stepId) });
}

/** Local ids, and those of Arazzo sources as they would have to be written here. */
function knownWorkflows(description: Description): string[] {
  const known = description.arazzo.workflows.map((workflow) => workflow.workflowId);
  for (const [name, source] of description.sources) {
    if (source.kind !== 'arazzo') continue;
    known.push(
      ...source.description.arazzo.workflows.map(({ workflowId }) => `$sourceDescriptions.${name}.${workflowId}`),
    );
  }
  return known;
}

/** `$sourceDescriptions.x#/workflows/id` and `$sourceDescriptions.x.workflows.id`, which are found in use. */
function looseWorkflow(text: string): { readonly name: string; readonly reference: string } | undefined {
  const match = /^\$sourceDescriptions\.([\w-]+)(?:(?:\.url)?#\/workflows\/|\.workflows\.)([\w-]+)$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], reference: match[2] };
}
