/**
 * `npm run soak -- NAME [--seed=N ...]`: the long sweeps, which are too slow for every change and run before a piece of
 * work is called done. Each is a file of scripts/soak that exports `sweep`; what it finds fails the command.
 */
export interface SweepOptions {
  /** What stands behind the name on the command line, as `--seed=7`. */
  readonly flags: ReadonlyMap<string, string>;
  /** Progress, for somebody who waits. */
  readonly say: (line: string) => void;
}

export interface SweepResult {
  readonly ok: boolean;
  readonly report: string;
}

const SWEEPS: {
  readonly [name: string]: {
    readonly says: string;
    readonly load: () => Promise<{ readonly sweep: (options: SweepOptions) => Promise<SweepResult> }>;
  };
} = {
  kill: {
    says: 'an engine with 500 executions in flight is killed 50 times; --kills, --in-flight, --seed',
    load: () => import('./soak/kill.ts'),
  },
  'disk-full': {
    says: 'an engine on a disk that runs full, and gets space again',
    load: () => import('./soak/disk-full.ts'),
  },
  effects: {
    says: '200 orders, half of them failing, killed 30 times; the systems say what stands; --runs, --kills, --seed',
    load: () => import('./soak/effects.ts'),
  },
  fuzz: {
    says: 'a million seeded texts through all parsers and builders; --inputs, --from, --only, --corpus=DIR --mutations',
    load: () => import('./soak/fuzz.ts'),
  },
  mutation: {
    says: 'the rehearsal finds what is dropped from plan, machines and journal; --integration, --most, --seeds, --only, --from',
    load: () => import('./soak/mutation.ts'),
  },
  lists: {
    says: 'a list of 10,000 items through the deployed functions, done and undone, and what memory they take; --items',
    load: () => import('./soak/lists.ts'),
  },
  races: {
    says: '10,000 runs in virtual time among drawn faults; --seeds, --from, --sagas',
    load: () => import('./soak/races.ts'),
  },
};

const [name = '', ...words] = process.argv.slice(2);
const chosen = Object.hasOwn(SWEEPS, name) ? SWEEPS[name] : undefined;
if (chosen === undefined) {
  const rows = Object.entries(SWEEPS).map(([known, { says }]) => `  ${known.padEnd(12)}${says}`);
  process.stderr.write(`usage: npm run soak -- NAME [--seed=N ...]\n${rows.join('\n')}\n`);
  process.exit(2);
}
const flags = new Map(words.map((word) => word.replace(/^--/, '').split('=', 2) as [string, string]));
const { sweep } = await chosen.load();
const { ok, report } = await sweep({ flags, say: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${report}\n`);
process.exitCode = ok ? 0 : 1;
