/** Amounts in minor units. Sums and comparisons are of one currency; mixing them is refused, never converted. */
import { Problem } from './problem.ts';
import { integer, oneOf, record, type Shape } from './shape.ts';

export interface Money {
  readonly currency: 'EUR' | 'GBP' | 'USD';
  readonly value: number;
}

export const money: Shape<Money> = record<Money>({
  currency: oneOf('EUR', 'GBP', 'USD'),
  value: integer({ min: 0, max: 100_000_000 }),
});

export function nothingOf(amount: Money): Money {
  return { currency: amount.currency, value: 0 };
}

export function plus(one: Money, other: Money): Money {
  if (one.currency !== other.currency) {
    throw new Problem(422, 'currency-mismatch', `${one.currency} and ${other.currency} do not add up.`);
  }
  return { currency: one.currency, value: one.value + other.value };
}
