/**
 * What a rule is: it looks at linked workflows and reports. One file a rule under rules/, named like its code. A rule
 * sees what links resolved and stays quiet where a link is absent, since its absence has been reported.
 */
import type { Tools } from '../expressions/problems.ts';
import type { Workflow } from '../model/arazzo.ts';
import type {
  LinkedHealth,
  LinkedStep,
  LinkedWorkflow,
  Links,
  OperationTarget,
  WorkflowTarget,
} from '../model/links.ts';
import type { MessageExchange } from '../model/message.ts';
import { isSafeMethod } from '../model/methods.ts';
import type { Report } from './finding.ts';
import { titleOf } from './linking.ts';

export type Rule = (links: Links, report: Report, tools: Tools) => void;

export interface StepOf {
  readonly owner: LinkedWorkflow;
  readonly linked: LinkedStep;
}

export function stepsOf(links: Links): StepOf[] {
  return [...links.workflows.values()].flatMap((owner) => owner.steps.map((linked) => ({ owner, linked })));
}

/**
 * And what is written like a step and linked like one: what undoes a step, what probes it, what asks until it is done, what
 * asks after a system's health.
 */
export function stepsAndBesideOf(links: Links): StepOf[] {
  const ofSteps = stepsOf(links).flatMap(({ owner, linked }) =>
    [linked, linked.undo, linked.probe, linked.poll].flatMap((one) => (one ? [{ owner, linked: one }] : [])),
  );
  return [...ofSteps, ...links.health.filter(isAsked)];
}

/** By an operation that may be: of another one rules/health-unfit.ts has said all that there is to say. */
function isAsked({ linked: { target } }: LinkedHealth): boolean {
  return target?.kind === 'operation' && !target.operation.message && isSafeMethod(target.operation.method);
}

export interface CallOf extends StepOf {
  readonly target: OperationTarget;
  /** As people name it: `GET /orders/{id}`. */
  readonly title: string;
}

export function callsOf(links: Links): CallOf[] {
  return stepsAndBesideOf(links).flatMap(({ owner, linked }) => {
    const { target } = linked;
    return target?.kind === 'operation' ? [{ owner, linked, target, title: titleOf(target.operation) }] : [];
  });
}

export interface ReceiveOf extends StepOf {
  readonly message: MessageExchange;
}

/** Steps that wait for a message. */
export function receivesOf(links: Links): ReceiveOf[] {
  return stepsOf(links).flatMap(({ owner, linked }) => {
    const message = linked.target?.kind === 'operation' ? linked.target.operation.message : undefined;
    return message?.action === 'receive' ? [{ owner, linked, message }] : [];
  });
}

export interface SubworkflowOf extends StepOf {
  readonly target: WorkflowTarget;
}

export function subworkflowsOf(links: Links): SubworkflowOf[] {
  return stepsAndBesideOf(links).flatMap(({ owner, linked }) => {
    const { target } = linked;
    return target?.kind === 'workflow' ? [{ owner, linked, target }] : [];
  });
}

/** Each item that has a key that an earlier one has, with the first that has it. Empty keys are other people's fault. */
export function repeated<T>(items: readonly T[], keyOf: (item: T) => string): { item: T; first: T }[] {
  const firsts = new Map<string, T>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    const first = firsts.get(key);
    if (first !== undefined) return [{ item, first }];
    if (key !== '') firsts.set(key, item);
    return [];
  });
}

/** Whether something other than array order says what comes first: `dependsOn`, or parallel steps. */
export function isOrderedByDependencies({ steps, policy }: Workflow): boolean {
  return policy['parallel'] === true || steps.some((step) => step.dependsOn.length > 0);
}
