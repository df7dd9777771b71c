/**
 * An answer for which criteria hold, made from one for which they do not: what conditions name is set to what they ask
 * for, lists are tried full and empty. The criteria themselves decide, evaluated as a run evaluates them; what cannot be
 * made is said, never passed off.
 */
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Criterion } from '../model/value.ts';
import { emptied } from './json-leaves.ts';
import { repaired } from './satisfied.ts';
import { scopeWith, type SimulatedAnswer } from './simulated-answer.ts';

/** Criteria may pull at the same members: what one asks for is asked for again after the others. */
const ROUNDS = 2;

/** `scope` is everything but the answer. */
export function fitted(
  answer: SimulatedAnswer,
  criteria: readonly Criterion[],
  scope: Scope,
): SimulatedAnswer | undefined {
  for (const shape of shapesOf(answer)) {
    if (isFit(shape, criteria, scope)) return shape;
    let made = shape;
    for (let round = 0; round < ROUNDS; round += 1)
      made = criteria.reduce((one, criterion) => needed(one, criterion, scope), made);
    if (isFit(made, criteria, scope)) return made;
  }
  return undefined;
}

function needed(answer: SimulatedAnswer, criterion: Criterion, scope: Scope): SimulatedAnswer {
  return isFit(answer, [criterion], scope) ? answer : repaired(answer, criterion, scope);
}

export function isFit(answer: SimulatedAnswer, criteria: readonly Criterion[], scope: Scope): boolean {
  return evaluateCriteria(criteria, scopeWith(scope, answer)).met;
}

/** A good answer with criteria that do not hold: done, and not as anybody wants it. */
export function unfitted(
  answer: SimulatedAnswer,
  criteria: readonly Criterion[],
  scope: Scope,
): SimulatedAnswer | undefined {
  const odd = criteria.reduce((one, criterion) => repaired(one, criterion, scope, true), answer);
  const other = answer.status === 200 ? 202 : 200;
  return [odd, { ...answer, body: {} }, { ...answer, status: other }]
    .map((one) => ({ ...one, status: one.status >= 200 && one.status <= 299 ? one.status : answer.status }))
    .find((one) => !isFit(one, criteria, scope));
}

function shapesOf(answer: SimulatedAnswer): readonly SimulatedAnswer[] {
  const { body } = answer;
  if (body === undefined) return [answer, { ...answer, status: 404 }];
  return [answer, { ...answer, body: emptied(body) }, { ...answer, body: {} }, { ...answer, status: 404 }];
}
