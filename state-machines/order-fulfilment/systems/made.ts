/** Finding what was made: for an order, under a key, or both. Asking for everything is refused. */
import { Problem } from './problem.ts';
import { optional, type Shape, text } from './shape.ts';

export interface MadeQuery {
  readonly orderId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

export const madeQuery: { readonly [Name in keyof MadeQuery]: Shape<MadeQuery[Name]> } = {
  orderId: optional(text({ pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/ })),
  idempotencyKey: optional(text({ max: 255 })),
};

export function madeFor<T extends { readonly orderId: string; readonly idempotencyKey: string | null }>(
  records: readonly T[],
  query: MadeQuery,
): readonly T[] {
  if (query.orderId === undefined && query.idempotencyKey === undefined) {
    throw new Problem(400, 'invalid-parameter', 'Give orderId or idempotencyKey.');
  }
  return records.filter(
    ({ orderId, idempotencyKey }) =>
      (query.orderId ?? orderId) === orderId && (query.idempotencyKey ?? idempotencyKey) === idempotencyKey,
  );
}
