/** Which operation of an OpenAPI document a request is for: fixed path segments win over templated ones, as OpenAPI rules. */
import type { ApiDocument, Operation } from '../model/openapi.ts';

export interface FoundOperation {
  readonly operation: Operation;
  readonly pathParameters: ReadonlyMap<string, string>;
}

/** `path` without query; undefined where no operation of the document answers to it. */
export function findOperation(document: ApiDocument, method: string, path: string): FoundOperation | undefined {
  const segments = path.split('/');
  const fitting = document.operations.flatMap((operation) => {
    if (operation.method.toUpperCase() !== method.toUpperCase()) return [];
    const parameters = matched(operation.path.split('/'), segments);
    return parameters ? [{ operation, pathParameters: parameters }] : [];
  });
  return fitting.sort((a, b) => a.pathParameters.size - b.pathParameters.size)[0];
}

function matched(template: readonly string[], segments: readonly string[]): ReadonlyMap<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (!part.includes('{')) {
      if (part !== segment) return undefined;
      continue;
    }
    const values = matchedPart(part, segment);
    if (!values) return undefined;
    for (const [name, value] of values) parameters.set(name, value);
  }
  return parameters;
}

/** One segment may hold several parameters: `{from}..{to}`. Each takes as little as what follows it allows. */
function matchedPart(part: string, segment: string): readonly (readonly [string, string])[] | undefined {
  const values: [string, string][] = [];
  let rest = segment;
  for (const piece of part.split(/(\{[^}]*\})/)) {
    if (piece === '') continue;
    if (!piece.startsWith('{')) {
      const at = rest.indexOf(piece);
      const last = values.at(-1);
      if (at < 0 || (at > 0 && last?.[1] !== '')) return undefined;
      if (last?.[1] === '') last[1] = rest.slice(0, at);
      rest = rest.slice(at + piece.length);
    } else {
      values.push([piece.slice(1, -1), '']);
    }
  }
  const open = values.at(-1);
  if (open?.[1] === '') {
    open[1] = rest;
    rest = '';
  }
  return rest === '' && values.every(([, value]) => value !== '')
    ? values.map(([name, value]) => [name, decoded(value)] as const)
    : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
