/** `$interaction` belongs to a step that waits for a person; to what is made beside it, nobody has said anything. */
import type { LinkedStep } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsOf } from '../rule.ts';
import {
  type Mention,
  mentionsIn,
  type Site,
  sitesOfFallback,
  sitesOfInteraction,
  sitesOfLock,
  sitesOfOutputs,
  sitesOfPoll,
  sitesOfStep,
  sitesOfVerdicts,
} from '../sites.ts';

export const interactionUnavailable: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) reportStep(linked, report);
  for (const { workflow } of links.workflows.values()) {
    const sites = [...sitesOfOutputs(workflow), ...sitesOfLock(workflow)];
    reportAll(saidIn(sites), 'a workflow waits for nobody', report);
  }
};

function reportStep(linked: LinkedStep, report: Report): void {
  const { step, undo, probe, fallback, poll } = linked;
  const beside = saidIn([
    ...(undo ? sitesOfStep(undo) : []),
    ...(probe ? [...sitesOfStep(probe), ...sitesOfVerdicts(probe.step)] : []),
    ...(poll ? [...sitesOfStep(poll), ...sitesOfPoll(poll.step)] : []),
    ...(fallback ? sitesOfFallback(fallback.fallback) : []),
  ]);
  reportAll(beside, 'what is made beside a step asks nobody', report);
  reportAll(saidIn(sitesOfInteraction(step)), 'the person is only being asked', report);
  if (Object.hasOwn(step.policy, 'interaction')) return;
  reportAll(saidIn(sitesOfStep(linked)), `step "${step.stepId}" waits for nobody`, report);
}

function saidIn(sites: readonly Site[]): readonly Mention[] {
  return mentionsIn(sites).filter(({ expression }) => expression.source === 'interaction');
}

function reportAll(mentions: readonly Mention[], why: string, report: Report): void {
  for (const { text, at } of mentions) report('XIL054', at, { text, why });
}
