/**
 * linkDescription: everything in a description that names something else, resolved once, for rules and for lib/plan
 * (lib/model/links.ts says what comes out). What names nothing is reported here, so no rule looks a name up again, and
 * a rule that finds a link absent stays quiet. Of other Arazzo documents only the workflows that links lead to are looked
 * at, in the names of their own document: a fault elsewhere in them is not ours.
 */
import { below } from '../diagnostics/place.ts';
import { unreachable } from '../model/assert.ts';
import type { Fallback, Poll, Probe, Step, Workflow } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  LinkedFallback,
  LinkedPoll,
  LinkedProbe,
  LinkedStep,
  LinkedTarget,
  LinkedWorkflow,
  Links,
  Read,
  WorkflowTarget,
} from '../model/links.ts';
import { findings, type Report } from './finding.ts';
import { effectiveFailureActions, effectiveSuccessActions } from './link-actions.ts';
import { channelNamed } from './link-channels.ts';
import { linkHealth } from './link-health.ts';
import { isLoosePath, operationAtPath } from './link-operation-paths.ts';
import { operationNamed } from './link-operations.ts';
import { effectiveParameters } from './link-parameters.ts';
import { readsOf } from './link-reads.ts';
import { linkSystems } from './link-systems.ts';
import { dependencyNamed, stepNamed, workflowNamed } from './link-workflows.ts';
import type { Linking } from './linking.ts';
import { sitesOfFallback, sitesOfLock, sitesOfOutputs, sitesOfPoll, sitesOfStep, sitesOfVerdicts } from './sites.ts';

export interface Linked {
  readonly links: Links;
  readonly diagnostics: readonly Diagnostic[];
}

export function linkDescription(description: Description): Linked {
  const found = findings();
  const workflows = new Map<Workflow, LinkedWorkflow>();
  const waiting = description.arazzo.workflows.map((workflow) => ({ description, workflow }));
  // The list grows while it is walked: a workflow of another document is linked when the first link leads to it.
  for (const { description: owner, workflow } of waiting) {
    if (workflows.has(workflow)) continue;
    const linked = linkWorkflow(owner, workflow, found.report);
    workflows.set(workflow, linked);
    waiting.push(...targetsOf(linked));
  }
  const descriptions = new Set([description, ...[...workflows.values()].map((linked) => linked.description)]);
  const health = [...descriptions].flatMap((one) => linkHealth(one, found.report));
  const systemDependencies = [...descriptions].flatMap((one) => linkSystems(one, found.report));
  const links = { descriptions: [...descriptions], workflows, health, systemDependencies };
  return { links, diagnostics: found.diagnostics };
}

/** Every workflow that a link of this one leads to. */
function targetsOf({ steps, dependsOn, reads }: LinkedWorkflow): WorkflowTarget[] {
  return [...dependsOn, ...reads.flatMap(workflowRead), ...steps.flatMap(targetsOfStep)];
}

function targetsOfStep(linked: LinkedStep): WorkflowTarget[] {
  const { target, successActions, failureActions, dependsOn, reads, undo, probe, fallback, poll } = linked;
  const led = [target, ...[...successActions, ...failureActions].map((action) => action.target)];
  return [
    ...led.filter((one) => one?.kind === 'workflow'),
    ...dependsOn.flatMap((one) => (one.kind === 'foreign-step' ? [one.target] : [])),
    ...[...reads, ...(fallback?.reads ?? [])].flatMap(workflowRead),
    ...[undo, probe, poll].flatMap((call) => (call ? targetsOfStep(call) : [])),
  ];
}

function workflowRead({ what }: Read): WorkflowTarget[] {
  return what.kind === 'workflow' ? [what.target] : [];
}

function linkWorkflow(description: Description, workflow: Workflow, report: Report): LinkedWorkflow {
  const linking: Linking = { description, workflow, report };
  return {
    description,
    workflow,
    steps: withFallbackReads(workflow.steps.map((step, index) => linkStep(linking, step, index))),
    dependsOn: workflow.dependsOn.flatMap((text, index) => {
      const at = below(workflow.at, 'dependsOn', index);
      const target = workflowNamed(linking, text, at);
      return target === undefined ? [] : [{ ...target, text, at }];
    }),
    reads: readsOf(linking, [...sitesOfLock(workflow), ...sitesOfOutputs(workflow)]),
  };
}

function linkStep(linking: Linking, step: Step, index: number): LinkedStep {
  const call = linkCall(linking, step, index, () => ({
    successActions: effectiveSuccessActions(linking, step.onSuccess),
    failureActions: effectiveFailureActions(linking, step.onFailure),
  }));
  const beside = linkBeside(linking, step, index);
  return {
    ...call,
    dependsOn: step.dependsOn.flatMap(
      (text, at) => dependencyNamed(linking, text, below(step.at, 'dependsOn', at)) ?? [],
    ),
    reads: [
      ...call.reads,
      ...[beside.undo, beside.probe, beside.fallback, beside.poll].flatMap((one) => readsOfOthers(step, one?.reads)),
    ],
    ...beside,
  };
}

type Actions = Pick<LinkedStep, 'successActions' | 'failureActions'>;

/** What undoes or probes a step leads nowhere: no action is written for it, and the workflow's are for its steps. */
const nowhere = (): Actions => ({ successActions: [], failureActions: [] });

function linkCall(linking: Linking, step: Step, index: number, actions: () => Actions = nowhere): LinkedStep {
  const target = targetOf({ ...linking, action: step.action }, step);
  const applied = { step, parameters: effectiveParameters(linking, step.parameters, target), ...actions() };
  return { ...applied, index, ...(target && { target }), dependsOn: [], reads: readsOf(linking, sitesOfStep(applied)) };
}

function linkBeside(
  linking: Linking,
  step: Step,
  index: number,
): Pick<LinkedStep, 'undo' | 'probe' | 'fallback' | 'poll'> {
  return {
    ...(step.undo && { undo: linkCall(linking, step.undo, index) }),
    ...(step.probe && { probe: linkProbe(linking, step.probe, index) }),
    ...(step.fallback && { fallback: linkFallback(linking, step.fallback) }),
    ...(step.poll && { poll: linkPoll(linking, step.poll, index) }),
  };
}

function linkProbe(linking: Linking, probe: Probe, index: number): LinkedProbe {
  const linked = linkCall(linking, probe, index);
  return { ...linked, step: probe, reads: [...linked.reads, ...readsOf(linking, sitesOfVerdicts(probe))] };
}

function linkPoll(linking: Linking, poll: Poll, index: number): LinkedPoll {
  const linked = linkCall(linking, poll, index);
  return { ...linked, step: poll, reads: [...linked.reads, ...readsOf(linking, sitesOfPoll(poll))] };
}

function linkFallback(linking: Linking, fallback: Fallback): LinkedFallback {
  const { stepId, at } = fallback;
  const step = stepId === undefined ? undefined : stepNamed(linking, stepId, below(at, 'stepId'));
  return { fallback, ...(step && { step }), reads: readsOf(linking, sitesOfFallback(fallback)) };
}

/** What is read of the step itself is no link to another: rules of their own say who may read it. */
function readsOfOthers(self: Step, reads: readonly Read[] = []): readonly Read[] {
  return reads.filter(({ what }) => what.kind !== 'step' || what.step !== self);
}

/** A step makes the request of its fallback in its own place, so what that reads has to be there. */
function withFallbackReads(steps: readonly LinkedStep[]): readonly LinkedStep[] {
  const linkedOf = new Map(steps.map((linked) => [linked.step, linked] as const));
  return steps.map((linked) => {
    const other = linked.fallback?.step && linkedOf.get(linked.fallback.step);
    return other ? { ...linked, reads: [...linked.reads, ...readsOfOthers(linked.step, other.reads)] } : linked;
  });
}

function targetOf(linking: Linking, step: Step): LinkedTarget | undefined {
  if (step.target === undefined) return undefined;
  const { kind, text } = step.target;
  const at = below(step.at, kind);
  switch (kind) {
    case 'operationId':
      return isLoosePath(text) ? operationAtPath(linking, text, at) : operationNamed(linking, text, at);
    case 'operationPath':
      return operationAtPath(linking, text, at);
    case 'channelPath':
      return channelNamed(linking, text, at, step.action);
    case 'workflowId':
      return workflowNamed(linking, text, at);
    default:
      return unreachable(kind, 'step target');
  }
}
