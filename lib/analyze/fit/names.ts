/** Which members a schema of an object speaks of: those that it declares, those that it requires, those that it excludes. */
import { isObject, type Json, own } from '../../model/json.ts';
import { facetsOf, listAt } from './facets.ts';
import { memberOf } from './members.ts';
import { referred, type Typed } from './typed.ts';

/** Of one schema; what is beyond is not looked at. */
const MAX_NAMES = 300;

/** Every name that is declared somewhere in it, alternatives included. */
export function namesOf(typed: Typed): readonly string[] {
  const names = new Set<string>();
  for (const { schema } of partsOf(typed, ['allOf', 'anyOf', 'oneOf'])) {
    const properties = isObject(schema) ? own(schema, 'properties') : undefined;
    if (isObject(properties)) for (const name of Object.keys(properties)) names.add(name);
  }
  return [...names].slice(0, MAX_NAMES);
}

/** What has to be sent: what is `readOnly` is the system's own to give. Of alternatives only where there is one. */
export function requiredOf(typed: Typed): readonly string[] {
  const names = new Set<string>();
  for (const { schema } of partsOf(typed, ['allOf'])) {
    for (const name of isObject(schema) ? listAt(schema, 'required') : [])
      if (typeof name === 'string') names.add(name);
  }
  return [...names].filter((name) => !isReadOnly(memberOf(typed, name).typed)).slice(0, MAX_NAMES);
}

function isReadOnly(typed: Typed | undefined): boolean {
  if (!typed) return false;
  return partsOf(typed, ['allOf']).some(({ schema }) => isObject(schema) && own(schema, 'readOnly') === true);
}

/** The schema, where its references lead, and what it is combined of; each once. */
function partsOf(typed: Typed, combining: readonly string[]): readonly Typed[] {
  const { definitions } = typed;
  const parts = new Map<Json, Typed>([[typed.schema, typed]]);
  const add = (part: Typed): void => void (parts.has(part.schema) || parts.set(part.schema, part));
  // A map grows while it is walked.
  for (const part of parts.values()) {
    const reference = referred(part);
    if (reference) add(reference);
    if (!isObject(part.schema)) continue;
    for (const key of combining) for (const one of listAt(part.schema, key)) add({ schema: one, definitions });
    const only = onlyObject(part);
    if (only) add(only);
  }
  return [...parts.values()];
}

/** Where all alternatives but one are no objects (`null`, mostly), that one is meant. */
function onlyObject({ schema, definitions }: Typed): Typed | undefined {
  if (!isObject(schema)) return undefined;
  const alternatives = [...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')];
  const [only, second] = alternatives.filter((one) => facetsOf({ schema: one, definitions }).kinds.has('object'));
  return only === undefined || second !== undefined ? undefined : { schema: only, definitions };
}

/** Whether it may not have a member of that name. */
export function closedTo(typed: Typed, name: string): boolean {
  return memberOf(typed, name).presence === 'never';
}
