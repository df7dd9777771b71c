/**
 * What an answer proves of something else than itself: of an effect that a probe looks for, of work that a poll asks about.
 * What is looked for in a body that nobody could read is not in there, and neither is it in an error's: `== null` holds
 * then, and proves nothing. A step's own answer is judged elsewhere (attempt.ts): it tells of itself whatever it is.
 */
import type { Criterion } from '../model/value.ts';
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import type { ReadResponse } from './request/response.ts';

export interface Answer {
  readonly response: ReadResponse;
  /** With that response in it. */
  readonly scope: Scope;
}

export function proves(criteria: readonly Criterion[], { response, scope }: Answer): boolean {
  return whyNoProof(criteria, response) === undefined && evaluateCriteria(criteria, scope).met;
}

/** Criteria that say nothing of the status are about a 2xx answer. */
export function whyNoProof(criteria: readonly Criterion[], response: ReadResponse): string | undefined {
  const { status } = response;
  const isAnswer = (status >= 200 && status <= 299) || criteria.some(isAboutStatus);
  if (!isAnswer) return `what is asked says nothing of an answer of status ${status}`;
  return criteria.every((one) => isLegible(one, response))
    ? undefined
    : 'its body cannot be read as what is asked of it';
}

/** JSON that broke off, a page that says that the system is being mended, or nothing at all. */
function isLegible(criterion: Criterion, { message, unparseable }: ReadResponse): boolean {
  const text = textOf(criterion);
  if (!text.includes('$response.body')) return true;
  if (unparseable !== undefined) return false;
  const looksInside = criterion.type === 'jsonpath' || INSIDE.test(text);
  return !looksInside || (typeof message.body === 'object' && message.body !== null);
}

/** The second is no grammar, but tolerated. */
const INSIDE = /\$response\.body[#.[]/;

function isAboutStatus(criterion: Criterion): boolean {
  return textOf(criterion).includes('$statusCode');
}

function textOf(criterion: Criterion): string {
  return criterion.type === 'simple' ? criterion.condition : `${criterion.condition} ${criterion.context}`;
}
