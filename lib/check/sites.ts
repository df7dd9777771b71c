/**
 * Every place of a step or workflow that holds a value or a criterion, with the moment at which it is read. Two views:
 * what is written (each text once, for its syntax) and what applies to a step (with references followed and defaults of
 * the workflow merged in, for what it reads). Values come parsed; a criterion of a broken shape has no subject.
 */
import { below, spanOf } from '../diagnostics/place.ts';
import type { Expression } from '../expressions/expression.ts';
import { references } from '../expressions/references.ts';
import { parseCriterion, parseValue } from '../expressions/values.ts';
import type {
  FailureAction,
  Fallback,
  ForEach,
  Poll,
  Probe,
  RequestBody,
  Step,
  SuccessAction,
  Workflow,
  Criterion as WrittenCriterion,
} from '../model/arazzo.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { LinkedAction, LinkedParameter, ReadMoment } from '../model/links.ts';
import type { Criterion, Value } from '../model/value.ts';

export interface Site {
  readonly moment: ReadMoment;
  readonly subject: Value | Criterion;
  /** Where the JSON stands that the subject was parsed from. */
  readonly at: Place;
}

/** An expression in a site, at its very characters. */
export interface Mention {
  readonly moment: ReadMoment;
  readonly expression: Expression;
  readonly text: string;
  readonly at: Place;
}

export function mentionsIn(sites: readonly Site[]): Mention[] {
  return sites.flatMap(({ moment, subject, at: site }) =>
    references(subject).map(({ expression, text, at, path }) => ({
      moment,
      expression,
      text,
      at: spanOf(below(site, ...path), at, at + text.length),
    })),
  );
}

export interface AppliedStep {
  readonly step: Step;
  readonly parameters: readonly LinkedParameter[];
  readonly successActions: readonly LinkedAction<SuccessAction>[];
  readonly failureActions: readonly LinkedAction<FailureAction>[];
}

export function sitesOfStep({ step, parameters, successActions, failureActions }: AppliedStep): Site[] {
  return [
    ...parameters.map(({ parameter, valueAt }) => valueSite('request', parameter.value, valueAt)),
    ...(step.requestBody === undefined ? [] : sitesOfBody(step.requestBody)),
    ...(step.correlationId === undefined
      ? []
      : [valueSite('request', step.correlationId, below(step.at, 'correlationId'))]),
    ...sitesOfCriteria('criteria', step.successCriteria),
    ...[...successActions, ...failureActions].flatMap(sitesOfAction),
    ...sitesOfOutputs(step),
    ...(step.forEach ? sitesOfForEach(step.forEach) : []),
    ...sitesOfInteraction(step),
  ];
}

/** What a person is told. */
export function sitesOfInteraction({ policy, at }: Step): Site[] {
  const interaction = own(policy, 'interaction');
  const description = isObject(interaction) ? own(interaction, 'description') : undefined;
  if (typeof description !== 'string') return [];
  return [valueSite('request', description, below(at, 'x-interlock', 'interaction', 'description'))];
}

/** The list is read before the first item is done. */
export function sitesOfForEach({ items, key, at }: ForEach): Site[] {
  return [
    valueSite('request', items, below(at, 'items')),
    ...(key === undefined ? [] : [valueSite('request', key, below(at, 'key'))]),
  ];
}

/** What a probe's answer is judged by. */
export function sitesOfVerdicts({ applied, absent }: Probe): Site[] {
  return sitesOfCriteria('criteria', [...applied, ...absent]);
}

/** What an answer to a question is judged by. */
export function sitesOfPoll({ until, failed }: Poll): Site[] {
  return sitesOfCriteria('criteria', [...until, ...failed]);
}

/** Its outputs are made when the step has failed; its criteria may look at the answer that it failed with. */
export function sitesOfFallback({ outputs, criteria, at }: Fallback): Site[] {
  return [
    ...[...outputs].map(([name, value]) => valueSite('request', value, below(at, 'outputs', name))),
    ...sitesOfCriteria('action', criteria),
  ];
}

export function sitesOfOutputs(owner: Step | Workflow): Site[] {
  return [...owner.outputs].map(([name, value]) => valueSite('outputs', value, below(owner.at, 'outputs', name)));
}

/** The key of `x-interlock.lock`, evaluated before the first step. */
export function sitesOfLock({ policy, at }: Workflow): Site[] {
  const lock = own(policy, 'lock');
  const key = isObject(lock) ? own(lock, 'key') : undefined;
  return typeof key === 'string' ? [valueSite('request', key, below(at, 'x-interlock', 'lock', 'key'))] : [];
}

export function sitesOfBody(body: RequestBody): Site[] {
  const payload = body.payload === undefined ? [] : [valueSite('request', body.payload, below(body.at, 'payload'))];
  return [...payload, ...body.replacements.map(({ value, at }) => valueSite('request', value, below(at, 'value')))];
}

export function sitesOfCriteria(moment: ReadMoment, criteria: readonly WrittenCriterion[]): Site[] {
  return criteria.flatMap((criterion) => {
    const parsed = parseCriterion(criterionJson(criterion));
    return parsed.ok ? [{ moment, subject: parsed.criterion, at: criterion.at }] : [];
  });
}

/** The criterion as lib/expressions reads it, without its place. */
export function criterionJson({ condition, context, type }: WrittenCriterion): Json {
  return { condition, ...(context !== undefined && { context }), ...(type !== undefined && { type }) };
}

export function valueSite(moment: ReadMoment, value: Json, at: Place): Site {
  return { moment, subject: parseValue(value), at };
}

export function sitesOfAction({ action, parameters }: LinkedAction<SuccessAction | FailureAction>): Site[] {
  return [
    ...sitesOfCriteria('action', action.criteria),
    ...parameters.map(({ parameter, valueAt }) => valueSite('action', parameter.value, valueAt)),
  ];
}
