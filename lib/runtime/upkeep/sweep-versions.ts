/**
 * Versions of functions that nobody can name any more. An execution keeps the definition that it began with, and that names
 * the versions which were the newest then: so a version is free once every run that is not over began after the version was
 * superseded. The newest never goes, nor does what was superseded a short while ago: a deploy that fails puts back the
 * machines of the one before. Where runs are too many to be sure, everything stays.
 */
import type { Clock } from '../../model/time.ts';
import type { FunctionVersions } from '../ports/function-versions.ts';
import type { Journal } from '../ports/journal.ts';
import type { OpenRuns } from '../ports/open-runs.ts';

export interface VersionPorts {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'header'>;
  readonly openRuns: OpenRuns;
  readonly versions: FunctionVersions;
}

export interface RemovedVersion {
  readonly function: string;
  readonly version: string;
}

/** How long a deploy may still be taken back. */
const KEPT_MS = 7 * 86_400_000;
/** Open runs that are looked at. */
const MOST_RUNS = 1_000;
/** The rest waits for the next time. */
const MOST_REMOVED = 100;

export async function sweepVersions(ports: VersionPorts): Promise<readonly RemovedVersion[]> {
  const superseded = (await ports.versions.list()).flatMap(({ name, versions }) =>
    versions.slice(0, -1).map(({ version }, index) => ({
      function: name,
      version,
      until: versions[index + 1]?.publishedAt ?? Number.POSITIVE_INFINITY,
    })),
  );
  const old = superseded.filter(({ until }) => until < ports.clock.now() - KEPT_MS);
  if (old.length === 0) return [];
  const oldest = await oldestRun(ports);
  const free = old.filter(({ until }) => until < oldest).slice(0, MOST_REMOVED);
  for (const one of free) await ports.versions.remove(one.function, one.version);
  return free.map(({ function: name, version }) => ({ function: name, version }));
}

/** When the oldest run that is not over was begun; long ago where nobody knows. */
async function oldestRun({ openRuns, journal }: VersionPorts): Promise<number> {
  const open = await openRuns.due({ at: Number.MAX_SAFE_INTEGER, limit: MOST_RUNS + 1 });
  if (open.length > MOST_RUNS) return Number.NEGATIVE_INFINITY;
  let oldest = Number.POSITIVE_INFINITY;
  for (const run of open) oldest = Math.min(oldest, (await journal.header(run))?.startedAt ?? oldest);
  return oldest;
}
