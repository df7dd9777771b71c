/** The path of one item of a step that is done for each of a list: `ship[2]`, `ship[sku-7]`. No name holds a bracket. */

export function itemPath(step: string, name: string): string {
  return `${step}[${name}]`;
}

/** The step's own path, of an item's as of its own. */
export function stepOfPath(path: string): string {
  return path.endsWith(']') ? path.slice(0, path.lastIndexOf('[')) : path;
}

/** Absent: the path of no item. */
export function itemOfPath(path: string): string | undefined {
  return path.endsWith(']') ? path.slice(path.lastIndexOf('[') + 1, -1) : undefined;
}
