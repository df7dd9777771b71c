/** Credentials of demo systems: what is set in an environment, and for what is not the value of the demo's own file. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export type Values<N extends string> = Readonly<Record<N, string>>;

/** Of a `demo.env`; '' where it has none. */
export function demoValues<N extends string>(file: URL, names: readonly N[]): Values<N> {
  const values = parseEnv(readFileSync(file, 'utf8'));
  return byName(names, (name) => values[name] ?? '');
}

/** A variable that is set wins over the demo's value. */
export function valuesOver<N extends string>(
  demo: Values<N>,
  names: readonly N[],
  environment: Readonly<Record<string, string | undefined>>,
): Values<N> {
  return byName(names, (name) => environment[name] || demo[name]);
}

function byName<N extends string>(names: readonly N[], valueOf: (name: N) => string): Values<N> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Values<N>; // The entries are exactly the names.
}
