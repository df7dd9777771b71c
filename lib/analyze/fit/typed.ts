/** A schema with the definitions that its references (`#/$defs/<name>`) lead to: two documents use the same names. */
import { parsePointer } from '../../expressions/pointer.ts';
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';

export interface Typed {
  readonly schema: Json;
  readonly definitions: JsonObject;
}

const LOCAL = '#/$defs/';

/** Where its own `$ref` leads; undefined where it has none, or one that leads nowhere known. */
export function referred({ schema, definitions }: Typed): Typed | undefined {
  const reference = isObject(schema) ? own(schema, '$ref') : undefined;
  if (typeof reference !== 'string' || !reference.startsWith(LOCAL)) return undefined;
  const [name, ...rest] = parsePointer(`/${reference.slice(LOCAL.length)}`) ?? [];
  const found = name === undefined || rest.length > 0 ? undefined : own(definitions, name);
  return found === undefined ? undefined : { schema: found, definitions };
}

/** A workflow's inputs schema brings its definitions along. */
export function ofInputs(schema: Json): Typed {
  const definitions = isObject(schema) ? own(schema, '$defs') : undefined;
  return { schema, definitions: isObject(definitions) ? definitions : {} };
}
