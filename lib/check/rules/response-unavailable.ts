/**
 * Expressions about a request or response where there is none: before the call, on a step that calls a workflow, in
 * the outputs of a workflow; and messages on a step that is on no channel (Arazzo 1.1, Runtime Expressions).
 */
import type { Expression } from '../../expressions/expression.ts';
import type { LinkedTarget, ReadMoment } from '../../model/links.ts';
import { type Rule, stepsAndBesideOf } from '../rule.ts';
import { mentionsIn, sitesOfOutputs, sitesOfStep } from '../sites.ts';

export const responseUnavailable: Rule = (links, report) => {
  for (const { linked } of stepsAndBesideOf(links)) {
    for (const { expression, moment, text, at } of mentionsIn(sitesOfStep(linked))) {
      const fault = faultOnStep(expression, moment, linked.target);
      if (fault !== undefined) report('ARZ111', at, { text, ...fault });
    }
  }
  for (const { workflow } of links.workflows.values()) {
    for (const { expression, text, at } of mentionsIn(sitesOfOutputs(workflow))) {
      if (isExchange(expression)) report('ARZ111', at, { text, ...ofWorkflowOutputs });
    }
  }
};

interface Fault {
  readonly why: string;
  readonly fix: string;
}

const ofWorkflowOutputs: Fault = {
  why: 'a workflow has no request and response of its own',
  fix: 'Make it an output of the step, and read `$steps.<stepId>.outputs.<name>`.',
};

const beforeCall: Fault = {
  why: 'the request is only being made',
  fix: 'Read an output of an earlier step by `$steps.<stepId>.outputs.<name>`.',
};

const onWorkflow: Fault = {
  why: 'a step that calls a workflow has no request and response of its own',
  fix: 'Read an output of the workflow by `$outputs.<name>`.',
};

const onReceive: Fault = {
  why: 'this step receives a message, and nobody answers a request',
  fix: 'Read `$message.payload` or `$message.header.<name>` instead.',
};

const withoutChannel: Fault = { why: 'this step is on no channel', fix: 'Read `$response` instead.' };

function faultOnStep(expression: Expression, moment: ReadMoment, target: LinkedTarget | undefined): Fault | undefined {
  if (target === undefined || target.kind === 'channel' || !isExchange(expression)) return undefined;
  if (moment === 'request') return isAnswer(expression) ? beforeCall : undefined;
  // `$statusCode` has a warning of its own there, since the standard's example reads it.
  if (target.kind === 'workflow') return expression.source === 'statusCode' ? undefined : onWorkflow;
  const { message } = target.operation;
  if (message?.action === 'receive' && expression.source !== 'message') return onReceive;
  return expression.source === 'message' && !message ? withoutChannel : undefined;
}

function isExchange({ source }: Expression): boolean {
  return isAnswer({ source }) || source === 'request' || source === 'url' || source === 'method';
}

function isAnswer({ source }: Pick<Expression, 'source'>): boolean {
  return source === 'response' || source === 'statusCode' || source === 'message';
}
