/**
 * A scenario written by hand: for each step what becomes of its attempts, in order, in the words of the catalogue
 * (`{"reserve-stock": ["lost-after", "ok"], "undo reserve-stock": ["not-sent"]}`). After the list everything goes well.
 */
import { isObject, type Json } from '../model/json.ts';
import type { Catalogue } from './catalogue.ts';
import { NETWORK } from './script.ts';

export type ScenarioFile =
  | { readonly ok: true; readonly faults: readonly string[] }
  | { readonly ok: false; readonly why: string };

const WELL = 'ok';
const MOST = 100;

export function scenarioFaults(written: Json, catalogue: Catalogue): ScenarioFile {
  if (!isObject(written))
    return { ok: false, why: 'a scenario is an object: the name of a step, and a list of faults' };
  const faults: string[] = [];
  for (const [row, list] of Object.entries(written)) {
    const operation = catalogue.operationOf(row);
    if (operation === undefined) return { ok: false, why: `there is no step ${row}; there are ${named(catalogue)}` };
    if (!Array.isArray(list) || list.length > MOST)
      return { ok: false, why: `${row} has no list of at most ${MOST} faults` };
    for (const [at, fault] of list.entries()) {
      if (fault === WELL) continue;
      if (typeof fault !== 'string' || !NETWORK.has(fault))
        return {
          ok: false,
          why: `${row}: ${JSON.stringify(fault)} is no fault; there are ${[WELL, ...NETWORK].join(', ')}`,
        };
      faults.push(`${fault} at ${operation} #${fault.startsWith('always-') ? 1 : at + 1}`);
    }
  }
  return { ok: true, faults };
}

function named({ rows }: Catalogue): string {
  return rows.filter((row) => row !== 'settle' && row !== 'close' && row !== 'run').join(', ');
}
