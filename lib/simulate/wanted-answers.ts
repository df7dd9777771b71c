/**
 * A simulated answer brought to what the criteria of a plan's steps want of its operation: where it is good for none of
 * them, it is changed for the first that it can be changed for. Patterns and XPaths are not followed: their engines are
 * loaded by who evaluates criteria, and answers are made before that.
 */
import { mayMatch, usesRegex } from '../expressions/regex.ts';
import type { Plan } from '../model/plan.ts';
import type { Criterion } from '../model/value.ts';
import { fitted, isFit } from './fitted-answer.ts';
import type { SimulatedAnswer } from './simulated-answer.ts';

/** `operation`: as the plan calls it, `system.operationId` or `system.METHOD path`. */
export type FitAnswer = (operation: string, answer: SimulatedAnswer) => SimulatedAnswer;

export function wantedAnswers(plan: Plan): FitAnswer {
  const wanted = new Map<string, (readonly Criterion[])[]>();
  for (const { operation, criteria } of Object.values(plan.steps))
    wanted.set(operation, [...(wanted.get(operation) ?? []), criteria]);
  return (operation, answer) => {
    const asked = (wanted.get(operation) ?? []).filter((criteria) => criteria.every(isFollowed));
    if (asked.length === 0 || asked.some((criteria) => isFit(answer, criteria, {}))) return answer;
    const made = asked.flatMap((criteria) => fitted(answer, criteria, {}) ?? []);
    return made.find(({ status }) => status === answer.status) ?? answer;
  };
}

function isFollowed(criterion: Criterion): boolean {
  return criterion.type !== 'xpath' && !usesRegex(criterion) && !mayMatch(criterion.condition);
}
