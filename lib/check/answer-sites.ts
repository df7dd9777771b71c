/**
 * Where an answer is read, with the operation whose answer it is: a call's own criteria, actions and outputs, what a probe or
 * a poll decides by. Actions on success of a step that asks until it is done read the last answer to its question, so they
 * stand with that operation.
 */
import type { Poll, Probe, Step } from '../model/arazzo.ts';
import type { Links, OperationTarget } from '../model/links.ts';
import { titleOf } from './linking.ts';
import { type CallOf, callsOf } from './rule.ts';
import { type Site, sitesOfAction, sitesOfPoll, sitesOfStep, sitesOfVerdicts } from './sites.ts';

export interface AnswerSites {
  readonly target: OperationTarget;
  readonly title: string;
  readonly sites: readonly Site[];
}

export function answerSitesOf(links: Links): readonly AnswerSites[] {
  return callsOf(links).flatMap((call) => [ofCall(call), ...ofLastAnswer(call)]);
}

function ofCall({ linked, target, title }: CallOf): AnswerSites {
  const { step } = linked;
  const own = sitesOfStep(linked.poll ? { ...linked, successActions: [] } : linked);
  const verdicts = isProbe(step) ? sitesOfVerdicts(step) : [];
  return { target, title, sites: [...own, ...verdicts, ...(isPoll(step) ? sitesOfPoll(step) : [])] };
}

function ofLastAnswer({ linked: { poll, successActions } }: CallOf): readonly AnswerSites[] {
  if (poll?.target?.kind !== 'operation') return [];
  const { target } = poll;
  return [{ target, title: titleOf(target.operation), sites: successActions.flatMap(sitesOfAction) }];
}

function isProbe(step: Step): step is Probe {
  return 'applied' in step;
}

function isPoll(step: Step): step is Poll {
  return 'until' in step;
}
