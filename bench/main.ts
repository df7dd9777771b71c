/**
 * `npm run bench -- NAME [...]`: runs benchmarks by name, all of them without one. Each is a file of this folder that
 * exports `bench`; it prints what it measured and is no test: it never fails on a number.
 */
const BENCHES: {
  readonly [name: string]: () => Promise<{ readonly bench: (options: BenchOptions) => Promise<string> }>;
} = {
  engine: () => import('./engine.ts'),
  saga: () => import('./saga.ts'),
  synth: () => import('./synth.ts'),
  memory: () => import('./memory.ts'),
  kept: () => import('./kept.ts'),
  lambda: () => import('./lambda.ts'),
  startup: () => import('./startup.ts'),
  rehearse: () => import('./rehearse.ts'),
  lists: () => import('./lists.ts'),
};

export interface BenchOptions {
  /** What stands after the names on the command line, as `--runs=500`. */
  readonly flags: ReadonlyMap<string, string>;
}

const words = process.argv.slice(2);
const flags = new Map(
  words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=', 2) as [string, string]),
);
const names = words.filter((word) => !word.startsWith('--'));
const unknown = names.find((name) => BENCHES[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`no benchmark '${unknown}': there are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
for (const name of names.length === 0 ? Object.keys(BENCHES) : names) {
  const { bench } = await (BENCHES[name] as (typeof BENCHES)[string])();
  process.stdout.write(`${name}\n${await bench({ flags })}\n`);
}
