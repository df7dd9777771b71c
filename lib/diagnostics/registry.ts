/**
 * All codes in one table, and what follows from a code alone: its entry, its page, whether it may be silenced.
 * Nothing here knows where codes are reported from.
 */
import type { CodeEntry, CodeTable } from './code.ts';
import { arzCodes } from './codes/arz.ts';
import { arzRuleCodes } from './codes/arz-rules.ts';
import { aslCodes } from './codes/asl.ts';
import { asyCodes } from './codes/asy.ts';
import { asyRuleCodes } from './codes/asy-rules.ts';
import { docCodes } from './codes/doc.ts';
import { envCodes } from './codes/env.ts';
import { flwCodes } from './codes/flw.ts';
import { inpCodes } from './codes/inp.ts';
import { oasCodes } from './codes/oas.ts';
import { plnCodes } from './codes/pln.ts';
import { rskCodes } from './codes/rsk.ts';
import { xilCodes } from './codes/xil.ts';
import { xilRuleCodes } from './codes/xil-rules.ts';

export type Catalogue = typeof docCodes &
  typeof oasCodes &
  typeof asyCodes &
  typeof asyRuleCodes &
  typeof arzCodes &
  typeof arzRuleCodes &
  typeof xilCodes &
  typeof xilRuleCodes &
  typeof plnCodes &
  typeof aslCodes &
  typeof envCodes &
  typeof inpCodes &
  typeof flwCodes &
  typeof rskCodes;

export type Code = keyof Catalogue;

/** The tables as written, by phase: a test walks them and refuses a code that stands in two. */
export const phases: { readonly [phase: string]: CodeTable } = {
  DOC: docCodes,
  OAS: oasCodes,
  ASY: { ...asyCodes, ...asyRuleCodes },
  ARZ: { ...arzCodes, ...arzRuleCodes },
  XIL: { ...xilCodes, ...xilRuleCodes },
  PLN: plnCodes,
  ASL: aslCodes,
  ENV: envCodes,
  INP: inpCodes,
  FLW: flwCodes,
  RSK: rskCodes,
};

const entries: ReadonlyMap<string, CodeEntry> = new Map(
  Object.values(phases).flatMap((table) => Object.entries(table)),
);

export function codes(): readonly string[] {
  return [...entries.keys()];
}

export function entryOf(code: string): CodeEntry | undefined {
  return entries.get(code);
}

/** The page about a code, relative to the package: docs/errors/ARZ030-step-id-duplicate.md. */
export function pageOf(code: string): string | undefined {
  const entry = entries.get(code);
  return entry && `docs/errors/${code}-${entry.slug}.md`;
}
