/**
 * List prices, in US dollars, without free tiers and discounts. One region, one date: `--prices FILE` overrides any of them.
 * Taken from public price pages as they were quoted in March 2026; no command asks AWS.
 */
export interface Prices {
  readonly region: string;
  readonly asOf: string;
  /** Standard workflows. */
  readonly perMillionTransitions: number;
  /** Express workflows. */
  readonly perMillionExpressRequests: number;
  readonly perExpressGbSecond: number;
  /** arm64. */
  readonly perMillionInvocations: number;
  readonly perLambdaGbSecond: number;
  /** On demand. */
  readonly perMillionWriteUnits: number;
  readonly perMillionReadUnits: number;
  readonly perMillionMessages: number;
}

export const PRICES: Prices = {
  region: 'us-east-1',
  asOf: '2026-03',
  perMillionTransitions: 25,
  perMillionExpressRequests: 1,
  perExpressGbSecond: 0.00001667,
  perMillionInvocations: 0.2,
  perLambdaGbSecond: 0.0000133334,
  perMillionWriteUnits: 0.625,
  perMillionReadUnits: 0.125,
  perMillionMessages: 0.4,
};
