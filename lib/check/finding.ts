/** How links and rules report: a code, a place, the facts. What was found twice at one place is kept once. */
import { type Facts, report } from '../diagnostics/report.ts';
import type { Code } from '../diagnostics/registry.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';

export type Report = <C extends Code>(code: C, place: Place, ...facts: Facts<C>) => void;

export interface Findings {
  readonly report: Report;
  readonly diagnostics: readonly Diagnostic[];
}

export function findings(): Findings {
  const found = new Map<string, Diagnostic>();
  return {
    report: (code, place, ...facts) => {
      const diagnostic = report(code, place, ...facts);
      const key = JSON.stringify([code, place.document, place.pointer, place.span ?? null, diagnostic.headline]);
      if (!found.has(key)) found.set(key, diagnostic);
    },
    get diagnostics() {
      return [...found.values()];
    },
  };
}

/** For what is looked up again only to be compared: its faults have been reported by linkDescription. */
export const quiet: Report = () => {};
