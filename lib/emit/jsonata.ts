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

/** One step into an object by a name of any characters. */
export function member(path: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${path}.${name}` : `${path}.\`${name}\``;
}
