/** The answer that a call's outputs are cut out of: what the documents say of those with which it counts as done. */
import { evaluateCriteria } from '../../expressions/criterion.ts';
import { references } from '../../expressions/references.ts';
import type { Json } from '../../model/json.ts';
import type { Plan, PlanCall, PlanOperation } from '../../model/plan.ts';
import type { Criterion } from '../../model/value.ts';
import type { Typed } from '../fit/typed.ts';

/** Undefined where one of these answers is of another type than JSON, or nothing is said of it. */
export function answerOf(plan: Plan, call: PlanCall): Typed | undefined {
  const operation = plan.operations[call.operation];
  if (!operation) return undefined;
  const answers = successesOf(operation, call.criteria);
  const schemas = answers.flatMap(({ content }): readonly (Json | undefined)[] =>
    content.length === 0
      ? [NOTHING]
      : content.map(({ contentType, schema }) => (isJson(contentType) ? schema : undefined)),
  );
  const known = schemas.filter((schema) => schema !== undefined);
  if (known.length === 0 || known.length < schemas.length || known.every((schema) => schema === NOTHING))
    return undefined;
  const definitions = plan.schemas[operation.system] ?? {};
  const [only] = known;
  return { schema: known.length === 1 && only !== undefined ? only : { anyOf: known }, definitions };
}

/** No value fits it: an answer without a body. */
const NOTHING: Json = { enum: [] };

export function isJson(contentType: string): boolean {
  return /[/+]json\b/.test(contentType);
}

/** Those that the criteria on the status leave; without any, those of success; `default` where no other is left. */
export function successesOf({ responses }: PlanOperation, criteria: readonly Criterion[]): PlanOperation['responses'] {
  const judging = criteria.filter(isAboutStatus);
  const met = (status: number): boolean =>
    judging.length > 0 ? evaluateCriteria(judging, { statusCode: status }).met : status >= 200 && status <= 299;
  const named = responses.filter(({ status }) => statusesOf(status).some(met));
  return named.length > 0 ? named : responses.filter(({ status }) => status === 'default');
}

function isAboutStatus(criterion: Criterion): boolean {
  const read = references(criterion);
  return read.length > 0 && read.every(({ expression }) => expression.source === 'statusCode');
}

function statusesOf(status: string): readonly number[] {
  if (/^\d{3}$/.test(status)) return [Number(status)];
  const [, hundreds] = /^(\d)XX$/i.exec(status) ?? [];
  return hundreds === undefined ? [] : Array.from({ length: 100 }, (_, index) => Number(hundreds) * 100 + index);
}
