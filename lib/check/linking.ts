/** Where linking stands: the description whose names count, and the workflow that is being linked. */
import { atPointer, parsePointer } from '../expressions/pointer.ts';
import type { Workflow } from '../model/arazzo.ts';
import type { Description, Source } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import type { Report } from './finding.ts';

export interface Linking {
  readonly description: Description;
  readonly workflow: Workflow;
  readonly report: Report;
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
