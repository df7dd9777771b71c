/**
 * Which operations of its sources a description names. Faults in other operations are nobody's concern here: an
 * OpenAPI document is mostly somebody else's, and large. Told by the text of `operationId`, `operationPath` and `channelPath` wherever
 * they stand (in steps, in what undoes or probes a step), so rather too many are counted as used than too few.
 */
import { isObject, type Json } from '../model/json.ts';
import { percentDecoded } from './uri.ts';

export interface UsedOperations {
  readonly ids: ReadonlySet<string>;
  /** JSON Pointers, `/paths/~1orders/get` or `/channels/orders`. */
  readonly pointers: ReadonlySet<string>;
}

export function usedOperations(roots: Iterable<Json>): UsedOperations {
  const ids = new Set<string>();
  const pointers = new Set<string>();
  const seen = new Set<object>();
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (isObject(value)) {
      const { operationId, operationPath, channelPath } = value;
      if (typeof operationId === 'string')
        ids.add(operationId.replace(/^\{?\$sourceDescriptions\.[^.]+\./, '').replace(/\}$/, ''));
      for (const path of [operationPath, channelPath])
        if (typeof path === 'string') pointers.add(percentDecoded(path.replace(/^[^#]*#/, '')));
    }
    for (const part of Object.values(value as { readonly [key: string]: Json })) visit(part);
  };
  for (const root of roots) visit(root);
  return { ids, pointers };
}
