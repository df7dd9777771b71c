/** The documents behind the systems of a plan, those of imported descriptions included. */
import type { AsyncApiDocument } from '../model/asyncapi.ts';
import type { Description } from '../model/description.ts';
import type { ApiDocument } from '../model/openapi.ts';
import type { Plan } from '../model/plan.ts';

const MOST_DESCRIPTIONS = 1_000;

/** A system is called as its source, or with a number behind where two descriptions call different documents alike. */
export function systemDocuments(description: Description, plan: Plan): ReadonlyMap<string, ApiDocument> {
  const sources = apiSources(description);
  const documents = new Map<string, ApiDocument>();
  for (const system of Object.keys(plan.systems)) {
    const names = [system, system.replace(/-\d+$/, '')];
    const likely = names.flatMap((name) => sources.filter((source) => source.name === name));
    const found = likely.find(({ document }) => hasOperations(document, plan, system)) ?? likely[0];
    if (found) documents.set(system, found.document);
  }
  return documents;
}

function hasOperations({ operations }: ApiDocument, plan: Plan, system: string): boolean {
  const used = Object.values(plan.operations).filter((one) => one.system === system);
  return used.every(({ method, path }) => operations.some((one) => one.method === method && one.path === path));
}

/** Those of channels. */
export function channelDocuments(documents: ReadonlyMap<string, ApiDocument>): ReadonlyMap<string, AsyncApiDocument> {
  return new Map([...documents].flatMap(([name, one]) => (isOfChannels(one) ? [[name, one] as const] : [])));
}

function isOfChannels(document: ApiDocument): document is AsyncApiDocument {
  return 'channels' in document;
}

interface Source {
  readonly name: string;
  readonly document: ApiDocument;
}

function apiSources(description: Description): readonly Source[] {
  const found: Source[] = [];
  // A set grows while it is walked, and holds each description once: they may name each other.
  const descriptions = new Set([description]);
  for (const one of descriptions) {
    for (const [name, source] of one.sources) {
      if (source.kind !== 'arazzo') found.push({ name, document: source.document });
      else if (descriptions.size < MOST_DESCRIPTIONS) descriptions.add(source.description);
    }
  }
  return found;
}
