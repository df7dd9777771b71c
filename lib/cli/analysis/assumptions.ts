/** What an analysis has to assume of the world, as `analyze` and `report` are told it: how long a call lasts, and prices. */
import { DEFAULT_LATENCY_MS } from '../../analyze/analyze.ts';
import { type Prices, PRICES } from '../../analyze/prices.ts';
import { listed, suggestion } from '../../diagnostics/words.ts';
import { durationMs } from '../../model/duration.ts';
import { isObject } from '../../model/json.ts';
import { type Options, type OptionSpec, usageFailure } from '../command.ts';
import { jsonOption } from '../compiling.ts';

export interface Assumptions {
  readonly latencyMs: number;
  readonly prices: Prices;
}

export const ASSUMPTION_OPTIONS: { readonly [name: string]: OptionSpec } = {
  latency: {
    type: 'string',
    value: 'DURATION',
    says: `What a call is taken to last where all goes well; ${DEFAULT_LATENCY_MS}ms where you do not say.`,
    refuse: (text) => (durationMs(text) === undefined ? `${text} is no duration such as 300ms or 2s` : undefined),
  },
  prices: {
    type: 'string',
    value: 'FILE',
    says: `Other prices, as a JSON object with some of: ${Object.keys(PRICES).join(', ')}.`,
  },
};

export function assumptionsOf(options: Options): Assumptions {
  const latencyMs = durationMs(options.text('latency') ?? '') ?? DEFAULT_LATENCY_MS;
  return { latencyMs, prices: pricesFrom(options.text('prices')) };
}

function pricesFrom(path: string | undefined): Prices {
  if (path === undefined) return PRICES;
  const given = jsonOption('prices', `@${path}`);
  if (!isObject(given)) throw usageFailure(`--prices names ${path}, which holds no JSON object`, PRICES_REMEDY);
  for (const [name, value] of Object.entries(given)) {
    const known = Object.hasOwn(PRICES, name) ? PRICES[name as keyof Prices] : undefined;
    if (known === undefined) {
      throw usageFailure(`--prices has ${name}, which is no price`, suggestion(name, Object.keys(PRICES), 'price'));
    }
    const fits = typeof value === typeof known && (typeof value !== 'number' || value >= 0);
    if (!fits) throw usageFailure(`--prices has ${name}, which is no ${typeof known} from 0 on`, PRICES_REMEDY);
  }
  // Each of its members is one of a price list, of the same type.
  return { ...PRICES, ...(given as Partial<Prices>) };
}

const PRICES_REMEDY = `Give a JSON object with some of: ${listed(Object.keys(PRICES))}.`;
