/** Small builders for the JSONata that the machines hold: always whole-string expressions, literals escaped. */

export function jsonata(expression: string): string {
  return `{% ${expression} %}`;
}

export function variable(name: string): string {
  return jsonata(`$${name}`);
}

/** Total: an expression over a variable that may never have been assigned. */
export function orElse(path: string, fallback: 'null' | 'false'): string {
  return jsonata(`$exists(${path}) ? ${path} : ${fallback}`);
}

export function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The first of these paths that has a value, or null; part of a larger expression. */
export function firstExisting(paths: readonly string[]): string {
  const choices = paths.map((path) => `$exists(${path}) ? ${path} : `);
  return `${choices.join('')}null`;
}

/** What JSONata reads as a value or an operator even behind a dot. */
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** One step into an object by a name of any characters. */
export function member(path: string, name: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !KEYWORDS.has(name);
  return isPlain ? `${path}.${name}` : `${path}.\`${name}\``;
}
