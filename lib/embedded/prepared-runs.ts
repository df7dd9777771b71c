/**
 * Descriptions made ready once for many runs. A run that is asked for alone is compiled anew, because a description may
 * have been edited since; runs of one bulk run name the plan that they were asked with, and share what was compiled to
 * it: a thousand runs, one compilation, one set of connections and tokens. Secrets are in the key as a digest only.
 */
import { canonicalJson } from '../model/canonical.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { sha256 } from '../runtime/digest.ts';
import { type Placement, placementJson, type Prepared, prepareRun } from './prepare-run.ts';
import type { Variables } from './secrets.ts';

export interface PrepareAsked {
  readonly placement: Placement;
  readonly variables: Variables;
  readonly planHash?: string;
}

/** Bulk runs at the same time in one data folder are few. */
const MAX_KEPT = 8;

export class PreparedRuns {
  private readonly kept = new Map<string, Promise<Prepared>>();

  async prepared({ placement, variables, planHash }: PrepareAsked): Promise<Prepared> {
    if (planHash === undefined) return await prepareRun(placement, variables);
    const key = keyOf(placement, variables, planHash);
    const known = this.kept.get(key) ?? this.prepare(key, placement, variables);
    const prepared = await known;
    if (prepared.workflow.planHash === planHash) return prepared;
    throw new Failure('description-changed', `${placement.entry} has changed since its runs were asked for`, {
      remedy: 'Give the same command again: it goes on with what has not been started.',
    });
  }

  private prepare(key: string, placement: Placement, variables: Variables): Promise<Prepared> {
    const [oldest] = this.kept.keys();
    if (this.kept.size >= MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    const prepared = prepareRun(placement, variables);
    this.kept.set(key, prepared);
    prepared.catch(() => this.kept.delete(key));
    return prepared;
  }
}

function keyOf(placement: Placement, variables: Variables, planHash: string): string {
  const given = Object.entries(variables).filter((one): one is [string, string] => one[1] !== undefined);
  const parts: Json = [planHash, placementJson(placement), Object.fromEntries(given)];
  return sha256(canonicalJson(parts));
}
