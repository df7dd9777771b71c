/** Where linking stands: the description whose names count, and the workflow that is being linked. */
import { parseExpression } from '../expressions/parse.ts';
import { atPointer, parsePointer } from '../expressions/pointer.ts';
import type { Step, Workflow } from '../model/arazzo.ts';
import type { Description, Source } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Operation } from '../model/openapi.ts';
import type { Report } from './finding.ts';

export interface Linking {
  readonly description: Description;
  readonly workflow: Workflow;
  readonly report: Report;
  /** What the step does whose target is being linked, where that is on a channel. */
  readonly action?: Step['action'];
}

/** The source of that name; one that is not declared is reported, one that could not be read has its diagnostic. */
export function sourceNamed(linking: Linking, name: string, at: Place): Source | undefined {
  const declared = linking.description.arazzo.sourceDescriptions;
  if (!declared.some((source) => source.name === name)) {
    linking.report('ARZ034', at, { name, known: declared.map((source) => source.name) });
  }
  return linking.description.sources.get(name);
}

export function reportKind(
  linking: Linking,
  name: string,
  source: Source,
  at: Place,
  expected: readonly string[],
): void {
  linking.report('ARZ041', at, { name, kind: source.kind, expected });
}

/** The value as the document has it, for what the typed model does not keep. */
export function rawAt(description: Description, place: Place): Json | undefined {
  const root = description.documents.get(place.document)?.root;
  const tokens = parsePointer(place.pointer);
  return root === undefined || tokens === undefined ? undefined : atPointer(root, tokens);
}

/** An operation as people name it: `GET /orders/{id}`, `send orderPlaced`. */
export function titleOf({ method, path, operationId = '', message }: Operation): string {
  if (message) return operationId;
  return `${method.toUpperCase()} ${path}`;
}

export type SourceReference =
  | { readonly ok: true; readonly name: string; readonly reference: string }
  | { readonly ok: false; readonly why: string };

/** `$sourceDescriptions.<name>.<reference>`; a slip of case or number in its first word is followed with a warning. */
export function sourceReference(linking: Linking, text: string, at: Place): SourceReference {
  const parsed = parseExpression(text);
  if (parsed.ok) {
    const { expression } = parsed;
    if (expression.source !== 'sourceDescriptions') return { ok: false, why: 'it does not name a source description' };
    return { ok: true, name: expression.name, reference: expression.reference };
  }
  const { instead, at: start, length, message } = parsed.problem;
  if (instead !== '$sourceDescriptions') return { ok: false, why: message };
  const mended = text.slice(0, start) + instead + text.slice(start + length);
  const again = sourceReference(linking, mended, at);
  if (again.ok) linking.report('ARZ043', at, { text, instead: mended });
  return again;
}
