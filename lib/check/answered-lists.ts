/**
 * Criteria by a JSONPath whose context is documented as a list: there a filter at the root is written as RFC 9535 has it,
 * and looks at elements. Where no document says what the context is, nothing is known.
 */
import type { Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Links, OperationTarget } from '../model/links.ts';
import { parseExpression } from '../expressions/parse.ts';
import { type Definitions, itemsOf, membersOf, partsOf } from '../model/schema-members.ts';
import { isIndex } from '../expressions/pointer.ts';
import { own } from '../model/json.ts';
import { answerSitesOf } from './answer-sites.ts';
import type { Site } from './sites.ts';

/** By `placeName` of the criterion. */
export function criteriaOverLists(links: Links): ReadonlySet<string> {
  const read = answerSitesOf(links).flatMap(({ sites, target }) => sites.map((site) => ({ site, target })));
  return new Set(read.filter(isOverList).map(({ site }) => placeName(site.at)));
}

export function placeName({ document, pointer }: Place): string {
  return `${document}#${pointer}`;
}

function isOverList({ site, target }: { readonly site: Site; readonly target: OperationTarget }): boolean {
  const { subject } = site;
  if (!('type' in subject) || subject.type !== 'jsonpath') return false;
  const parsed = parseExpression(subject.context);
  if (!parsed.ok || parsed.expression.source !== 'response' || parsed.expression.part !== 'body') return false;
  const way = [...parsed.expression.trail, ...parsed.expression.pointer];
  const definitions = target.document.schemas;
  const bodies = target.operation.responses.flatMap(({ content }) => content.flatMap(({ schema }) => schema ?? []));
  return bodies.some((schema) => at(way, [schema], definitions).some((one) => isList(one, definitions)));
}

function at(way: readonly string[], schemas: readonly Json[], definitions: Definitions): readonly Json[] {
  const [name, ...rest] = way;
  if (name === undefined) return schemas;
  const next = schemas.flatMap((schema) => {
    const items = isIndex(name) ? itemsOf(partsOf(schema, definitions) ?? []) : undefined;
    return items ?? membersOf(schema, definitions)?.get(name) ?? [];
  });
  return next.length === 0 ? [] : at(rest, [...new Set(next)], definitions);
}

function isList(schema: Json, definitions: Definitions): boolean {
  return (partsOf(schema, definitions) ?? []).some((part) => {
    const type = own(part, 'type');
    return type === 'array' || (Array.isArray(type) && type.includes('array'));
  });
}
