/**
 * What a step reads of its answer is in one of the answers that the operation documents. Only a warning: systems answer more
 * than their documents say. Where a document leaves the members of an answer open, nothing is said.
 */
import type { Expression } from '../../expressions/expression.ts';
import { isIndex } from '../../expressions/pointer.ts';
import type { Json } from '../../model/json.ts';
import type { OperationTarget } from '../../model/links.ts';
import type { OperationResponse } from '../../model/openapi.ts';
import { answerSitesOf } from '../answer-sites.ts';
import type { Rule } from '../rule.ts';
import { type Definitions, itemsOf, membersOf, partsOf } from '../../model/schema-members.ts';
import { mentionsIn } from '../sites.ts';

export const responseMemberUnknown: Rule = (links, report) => {
  for (const { target, title: operation, sites } of answerSitesOf(links)) {
    const bodies = answersOf(target.operation.responses);
    const good = answersOf(goodOnes(target));
    if (bodies.length === 0) continue;
    for (const { expression, text, at } of mentionsIn(sites)) {
      const way = wayIntoBody(expression);
      const faults = way ? bodies.map((schema) => faultOn(way, [schema], target.document.schemas)) : [];
      const [first] = faults;
      // Another answer may have it.
      if (!first || faults.includes(undefined)) continue;
      // What a problem has as well is no likely meaning of an author's word.
      const likely = way ? good.map((schema) => faultOn(way, [schema], target.document.schemas)) : [];
      const told = likely.length > 0 ? likely : faults;
      const known = [...new Set(told.flatMap((fault) => fault?.known ?? []))];
      report('ARZ116', at, { text, operation, name: first.name, known });
    }
  }
};

/** Schemas of the documented answers; none where one of them is of another type than JSON or without a schema. */
function answersOf(responses: readonly OperationResponse[]): readonly Json[] {
  const contents = responses.flatMap(({ content }) => content);
  const isTold = contents.every(({ contentType, schema }) => /[/+]json\b/.test(contentType) && schema !== undefined);
  return isTold ? contents.flatMap(({ schema }) => schema ?? []) : [];
}

/** `default` stands for the good ones only where none is named. */
function goodOnes({ operation: { responses } }: OperationTarget): readonly OperationResponse[] {
  const named = responses.filter(({ status }) => /^2(\d\d|XX)$/i.test(status));
  return named.length > 0 ? named : responses.filter(({ status }) => status === 'default');
}

function wayIntoBody(expression: Expression): readonly string[] | undefined {
  if (expression.source !== 'response' || expression.part !== 'body') return undefined;
  return [...expression.trail, ...expression.pointer];
}

interface Fault {
  readonly name: string;
  readonly known: readonly string[];
}

/** The first name on the way that none of the schemas has. */
function faultOn(way: readonly string[], schemas: readonly Json[], definitions: Definitions): Fault | undefined {
  const [name, ...rest] = way;
  if (name === undefined) return undefined;
  const inside = schemas.map((schema) => {
    const parts = partsOf(schema, definitions);
    const items = isIndex(name) && parts ? itemsOf(parts) : undefined;
    return items ? { next: items, known: [] } : memberAt(name, schema, definitions);
  });
  const open = inside.includes(undefined);
  // Each once: where several lead to the same, its answer is the same.
  const next = [...new Set(inside.flatMap((one) => one?.next ?? []))];
  if (next.length > 0) return open ? undefined : faultOn(rest, next, definitions);
  return open ? undefined : { name, known: inside.flatMap((one) => one?.known ?? []) };
}

function memberAt(
  name: string,
  schema: Json,
  definitions: Definitions,
): { readonly next: readonly Json[]; readonly known: readonly string[] } | undefined {
  const members = membersOf(schema, definitions);
  return members && { next: members.get(name) ?? [], known: [...members.keys()] };
}
