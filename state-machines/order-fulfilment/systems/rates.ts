/** What a parcel costs. A rate is stateless: its id says the service, the country and the weight that it was quoted for. */
import { Problem } from './problem.ts';
import { digits, oneOf, optional, record, type Shape, text } from './shape.ts';

export type Service = 'standard' | 'express';

export interface RateQuery {
  readonly warehouse: string;
  readonly country: string;
  readonly postalCode: string;
  readonly weightGrams: number;
  readonly service: Service | undefined;
}

export interface Rate {
  readonly rateId: string;
  readonly carrier: string;
  readonly service: Service;
  readonly price: { readonly currency: 'EUR'; readonly value: number };
  readonly deliveryDays: number;
}

const carriers: Readonly<Record<Service, { carrier: string; factor: number; deliveryDays: number }>> = {
  standard: { carrier: 'Lowland Post', factor: 1, deliveryDays: 3 },
  express: { carrier: 'Swift Courier', factor: 2, deliveryDays: 1 },
};
const neighbours = new Set(['BE', 'DE', 'FR', 'LU']);
const unserved = new Set(['AQ']);
const centsPerKilogram = 100;

export const rateQuery: Shape<RateQuery> = record<RateQuery>({
  warehouse: text({ pattern: /^[A-Z]{3}-[0-9]{1,2}$/ }),
  country: text({ pattern: /^[A-Z]{2}$/ }),
  postalCode: text({ min: 2, max: 12 }),
  weightGrams: digits({ min: 1, max: 500_000 }),
  service: optional(oneOf('standard', 'express')),
});

/** Cheapest first. */
export function ratesFor({ country, weightGrams, service }: RateQuery): readonly Rate[] {
  if (unserved.has(country)) throw new Problem(422, 'country-unserved', `No carrier goes to ${country}.`);
  const offered: readonly Service[] = service === undefined ? ['standard', 'express'] : [service];
  const base = basePrice(country) + Math.ceil(weightGrams / 1000) * centsPerKilogram;
  return offered.map((offer) => ({
    rateId: `rate_${offer}_${country}_${weightGrams}`,
    carrier: carriers[offer].carrier,
    service: offer,
    price: { currency: 'EUR', value: base * carriers[offer].factor },
    deliveryDays: carriers[offer].deliveryDays,
  }));
}

/** The service that a rate stands for; a rate is good for the country that it was quoted for. */
export function serviceOf(rateId: string, country: string): { readonly service: Service; readonly carrier: string } {
  const [, name, quotedFor] = rateId.split('_');
  if (quotedFor !== country) {
    throw new Problem(422, 'rate-mismatch', `The rate was quoted for ${quotedFor}, the address is in ${country}.`);
  }
  const service = name === 'express' ? 'express' : 'standard';
  return { service, carrier: carriers[service].carrier };
}

function basePrice(country: string): number {
  if (country === 'NL') return 495;
  return neighbours.has(country) ? 995 : 2495;
}
