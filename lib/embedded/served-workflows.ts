/**
 * The workflows that `interlock dev` serves, as their files are now: compiled once and again when a file of their folder
 * has changed, so that an edited description is what the next run gets and nobody has to start the server again. Where
 * references lead out of the folder nothing tells of a change, and each run is compiled anew.
 */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sha256 } from '../runtime/digest.ts';
import { type Placement, type Prepared, prepareRun, SIMULATED_SCOPE } from './prepare-run.ts';
import type { Variables } from './secrets.ts';

export interface Served {
  readonly placement: Placement;
  readonly prepared: Prepared;
}

export class ServedWorkflows {
  private readonly placements: ReadonlyMap<string, Placement>;
  private readonly variables: Variables;
  private readonly kept = new Map<string, { readonly revision: string; readonly served: Promise<Served> }>();

  /** By workflow id. */
  constructor(placements: ReadonlyMap<string, Placement>, variables: Variables) {
    this.placements = placements;
    this.variables = variables;
  }

  /** What their runs share breakers by: all are served in one environment. */
  get scope(): string {
    const [first] = this.placements.values();
    return first?.simulate ? SIMULATED_SCOPE : (first?.environment ?? '');
  }

  get ids(): readonly string[] {
    return [...this.placements.keys()].sort();
  }

  /** Rejects with the description's diagnostics where it has come to have errors. */
  async served(workflowId: string): Promise<Served | undefined> {
    const placement = this.placements.get(workflowId);
    if (!placement) return undefined;
    const revision = revisionOf(placement);
    const known = this.kept.get(workflowId);
    if (known && known.revision === revision && revision !== CHANGING) return await known.served;
    const served = prepareRun(placement, this.variables).then((prepared) => ({ placement, prepared }));
    this.kept.set(workflowId, { revision, served });
    served.catch(() => this.kept.delete(workflowId));
    return await served;
  }
}

const CHANGING = '';
/** Files of a description: what holds more is looked at no closer. */
const MOST_FILES = 2_000;
const DEEPEST = 3;

/** Of names, sizes and times of the files; a description that may have others has none. */
function revisionOf({ folder, environment, allowOutside, allowNetwork }: Placement): string {
  if (allowOutside || allowNetwork) return CHANGING;
  const files = filesBelow(folder, 0);
  if (files.length > MOST_FILES) return CHANGING;
  const seen = [...files, resolve(environment)].flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats ? [`${path} ${stats.size} ${stats.mtimeMs}`] : [];
  });
  return sha256(seen.join('\n'));
}

function filesBelow(folder: string, depth: number): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return depth >= DEEPEST || entry.name === 'node_modules' || entry.name.startsWith('.')
      ? []
      : filesBelow(path, depth + 1);
  });
}
