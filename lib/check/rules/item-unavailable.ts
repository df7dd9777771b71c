/** `$item` belongs to a step that is done for each item of a list, and to what stands beside it. */
import type { Expression } from '../../expressions/expression.ts';
import type { LinkedStep } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsOf } from '../rule.ts';
import {
  type Mention,
  mentionsIn,
  type Site,
  sitesOfFallback,
  sitesOfForEach,
  sitesOfLock,
  sitesOfOutputs,
  sitesOfStep,
  sitesOfVerdicts,
} from '../sites.ts';

export const itemUnavailable: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) reportStep(linked, report);
  for (const { workflow } of links.workflows.values()) {
    const sites = [...sitesOfOutputs(workflow), ...sitesOfLock(workflow)];
    reportAll(itemsIn(sites), 'a workflow is done for no list', report);
  }
};

function reportStep(linked: LinkedStep, report: Report): void {
  const { step, undo, probe, fallback } = linked;
  const { forEach } = step;
  const mentions = itemsIn([
    ...sitesOfStep(linked),
    ...(undo ? sitesOfStep(undo) : []),
    ...(probe ? [...sitesOfStep(probe), ...sitesOfVerdicts(probe.step)] : []),
    ...(fallback ? sitesOfFallback(fallback.fallback) : []),
  ]);
  if (!forEach) return reportAll(mentions, `step "${step.stepId}" has no \`forEach\``, report);
  reportAll(itemsIn(sitesOfForEach({ ...forEach, key: '' })), 'the list itself is being read', report);
  const isLeaving = ({ at, moment }: Mention): boolean => moment === 'action' && !isBeside(linked, at.pointer);
  reportAll(mentions.filter(isLeaving), 'actions are chosen when all items are done', report);
}

/** What replaces an item is asked in its place. */
function isBeside({ fallback }: LinkedStep, pointer: string): boolean {
  return fallback !== undefined && pointer.startsWith(fallback.fallback.at.pointer);
}

function itemsIn(sites: readonly Site[]): readonly Mention[] {
  return mentionsIn(sites).filter(({ expression }) => isItem(expression));
}

function isItem({ source }: Expression): boolean {
  return source === 'item';
}

function reportAll(mentions: readonly Mention[], why: string, report: Report): void {
  for (const { text, at } of mentions) report('XIL050', at, { text, why });
}
