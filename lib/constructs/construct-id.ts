/** Ids of constructs from the names of a description; logical ids come of them, and those are a contract. */
import { Failure } from '../model/failure.ts';
import { callPlaceholder } from '../model/placeholders.ts';
import { shortDigest } from '../model/short-digest.ts';

/**
 * `place-order` -> `WorkflowPlaceOrder`, the way placeholders are made. Of a name with other letters than an id may have
 * (`größe`) a digest tells what is lost.
 */
export function constructId(prefix: string, name: string): string {
  const id = callPlaceholder(name).replace(/^Call/, prefix);
  if (/^[\u0020-\u007e]*$/.test(name)) return id;
  return `${id}${shortDigest(name)}`;
}

/** Names that differ only in what an id leaves out would be one construct. */
export function requireApart(what: string, prefix: string, names: readonly string[]): void {
  const first = new Map<string, string>();
  for (const name of new Set(names)) {
    const id = constructId(prefix, name);
    const other = first.get(id);
    first.set(id, name);
    if (other === undefined) continue;
    throw new Failure(
      'names-collide',
      `The ${what} '${other}' and '${name}' would be one: what is deployed for either is called ${id}`,
      { kind: 'document', remedy: 'Call one of them something that differs in letters or digits.' },
    );
  }
}
