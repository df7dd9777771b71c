/**
 * What the two tools say differently of one workflow. An output that is null and one that is absent are one value here: the
 * standard has no word for a value that is missing (Runtime Expressions). Only outputs that were asked for are compared.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../lib/model/json.ts';
import type { Ran } from './ran.ts';

export interface Difference {
  readonly in: 'verdict' | 'calls' | 'output';
  /** Of an output. */
  readonly name?: string;
  readonly ours: Json;
  readonly theirs: Json;
}

export function differencesOf(ours: Ran, theirs: Ran, asked: readonly string[]): readonly Difference[] {
  return [...verdicts(ours, theirs), ...calls(ours, theirs), ...outputs(ours, theirs, asked)];
}

function verdicts(ours: Ran, theirs: Ran): readonly Difference[] {
  return ours.verdict === theirs.verdict ? [] : [{ in: 'verdict', ours: ours.verdict, theirs: theirs.verdict }];
}

function calls(ours: Ran, theirs: Ran): readonly Difference[] {
  const [mine, other] = [ours, theirs].map((ran) =>
    ran.calls.map(({ step, passed }) => `${step} ${passed ? 'ok' : 'failed'}`),
  );
  return isDeepStrictEqual(mine, other) ? [] : [{ in: 'calls', ours: mine ?? [], theirs: other ?? [] }];
}

/** Of a workflow that failed with either tool its outputs are nobody's promise. */
function outputs(ours: Ran, theirs: Ran, asked: readonly string[]): readonly Difference[] {
  if (ours.verdict === 'failed' || theirs.verdict === 'failed') return [];
  return asked.flatMap((name): readonly Difference[] => {
    const [mine, other] = [ours.outputs.get(name) ?? null, theirs.outputs.get(name) ?? null];
    return isDeepStrictEqual(mine, other) ? [] : [{ in: 'output', name, ours: mine, theirs: other }];
  });
}
