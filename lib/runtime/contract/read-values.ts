/**
 * Values of an answer that another step reads: outputs that are one place of the body. Whether such a place is as the
 * document has it is told only where the document says so for certain, member by member.
 */
import { isObject, type Json, own } from '../../model/json.ts';
import { oncePer } from '../../model/once-per.ts';
import type { Plan, PlanCall } from '../../model/plan.ts';
import { type Definitions, definitionName, itemsOf, partsOf } from '../../model/schema-members.ts';
import { formatPointer, parsePointer } from '../../expressions/pointer.ts';
import { type Break, firstBreak, type Held } from './validate.ts';

const BODY = '$response.body#';

export async function readBreak(plan: Plan, step: PlanCall, held: Held): Promise<Break | undefined> {
  for (const [name, output] of Object.entries(step.outputs)) {
    if (output.kind !== 'expression' || !output.text.startsWith(BODY) || !isRead(plan, step, name)) continue;
    const tokens = parsePointer(output.text.slice(BODY.length));
    const found = tokens && (await breakAt(held, tokens));
    if (found) return found;
  }
  return undefined;
}

async function breakAt(held: Held, tokens: readonly string[]): Promise<Break | undefined> {
  let schemas: readonly Json[] = [held.schema];
  let value: Json = held.value;
  for (const [index, token] of tokens.entries()) {
    const at = formatPointer(tokens.slice(0, index + 1));
    const below = statedBelow(schemas, token, value, held.definitions);
    if (!below) return undefined;
    const next = memberOf(value, token);
    if (next === undefined) {
      return below.required ? { pointer: at, message: 'must be there', rule: 'required' } : undefined;
    }
    ({ schemas } = below);
    value = next;
  }
  for (const schema of schemas) {
    const found = await firstBreak({ ...held, schema, value });
    if (found) return { ...found, pointer: formatPointer(tokens) + found.pointer };
  }
  return undefined;
}

function memberOf(value: Json, token: string): Json | undefined {
  if (Array.isArray(value)) return /^\d{1,9}$/.test(token) ? (value as readonly Json[])[Number(token)] : undefined;
  return isObject(value) ? own(value, token) : undefined;
}

function statedBelow(
  schemas: readonly Json[],
  token: string,
  value: Json,
  definitions: Definitions,
): { readonly schemas: readonly Json[]; readonly required: boolean } | undefined {
  const parts = schemas.flatMap((schema) => partsOf(schema, definitions) ?? []);
  if (Array.isArray(value)) return { schemas: itemsOf(parts) ?? [], required: false };
  const stated = parts.flatMap((part) => {
    const properties = own(part, 'properties');
    return isObject(properties) ? (own(properties, token) ?? []) : [];
  });
  const required = parts.some((part) => {
    const names = own(part, 'required');
    return Array.isArray(names) && names.includes(token) && !stated.some((one) => isWriteOnly(one, definitions));
  });
  return { schemas: stated, required };
}

function isWriteOnly(schema: Json, definitions: Definitions): boolean {
  if (!isObject(schema)) return false;
  const name = definitionName(own(schema, '$ref'));
  const referred = name === undefined ? undefined : own(definitions, name);
  return own(schema, 'writeOnly') === true || (isObject(referred) && own(referred, 'writeOnly') === true);
}

/** Does anything but the step itself say `$steps.<step>.outputs.<name>`? */
function isRead(plan: Plan, { stepId, path }: PlanCall, name: string): boolean {
  const wanted = new RegExp(`steps\\.${escaped(stepId)}\\.outputs\\.${escaped(name)}(?![\\w-])`);
  return [...textsOf(plan)].some(([reader, text]) => reader !== path && wanted.test(text));
}

const textsOf = oncePer(({ steps, calls, scopes }: Plan): ReadonlyMap<string, string> => {
  const inner = Object.entries(scopes).filter(([path]) => path !== '');
  const readers = [
    ...Object.entries(steps),
    ...Object.entries(calls),
    ...inner.map(([path, one]) => [`scope ${path}`, one] as const),
  ];
  return new Map(readers.map(([path, one]) => [path, JSON.stringify(one)]));
});

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
