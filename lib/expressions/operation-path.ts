/**
 * `operationPath` and `channelPath`: a leading expression that names a source description, then a JSON Pointer into
 * it. Not a template: the pointer's path templating (`~1pets~1{id}`) uses braces of its own, so only the leading
 * group is read (Arazzo 1.1, Step Object).
 */
import { parseExpression } from './parse.ts';
import { parsePointer } from './pointer.ts';
import { type Problem, placed, problem } from './problem.ts';

export type ParsedOperationPath =
  | { readonly ok: true; readonly source: string; readonly pointer: string; readonly tokens: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

const form = "'{$sourceDescriptions.<name>.url}#/<JSON Pointer>'";

export function parseOperationPath(text: string): ParsedOperationPath {
  const end = text.indexOf('}');
  if (!text.startsWith('{$') || end < 0) return refuse(`the path has the form ${form}`, 0, text.length);
  const parsed = parseExpression(text.slice(1, end));
  if (!parsed.ok) return { ok: false, problem: shifted(parsed.problem) };
  const { expression } = parsed;
  if (expression.source !== 'sourceDescriptions' || expression.reference !== 'url') {
    return refuse('the path begins with the `url` of a source description', 1, end - 1);
  }
  return pointerFrom(text, end + 1, expression.name);
}

function pointerFrom(text: string, start: number, source: string): ParsedOperationPath {
  const pointer = text.slice(start + 1);
  const tokens = text.startsWith('#/', start) ? parsePointer(pointer) : undefined;
  if (tokens === undefined) return refuse('after the source comes `#` and a JSON Pointer', start, text.length - start);
  return { ok: true, source, pointer, tokens };
}

function shifted(found: Problem): Problem {
  const [moved = found] = placed([found], [], 1);
  return moved;
}

function refuse(message: string, at: number, length: number): ParsedOperationPath {
  return { ok: false, problem: problem('bad-pointer', message, { at, length }) };
}
