/** The OpenAPI documents behind the systems of a plan, those of imported descriptions included. */
import type { Description } from '../model/description.ts';
import type { OpenApiDocument } from '../model/openapi.ts';
import type { Plan } from '../model/plan.ts';

const MOST_DESCRIPTIONS = 1_000;

/** A system is called as its source, or with a number behind where two descriptions call different documents alike. */
export function systemDocuments(description: Description, plan: Plan): ReadonlyMap<string, OpenApiDocument> {
  const sources = openApiSources(description);
  const documents = new Map<string, OpenApiDocument>();
  for (const system of Object.keys(plan.systems)) {
    const names = [system, system.replace(/-\d+$/, '')];
    const likely = names.flatMap((name) => sources.filter((source) => source.name === name));
    const found = likely.find(({ document }) => hasOperations(document, plan, system)) ?? likely[0];
    if (found) documents.set(system, found.document);
  }
  return documents;
}

function hasOperations({ operations }: OpenApiDocument, plan: Plan, system: string): boolean {
  const used = Object.values(plan.operations).filter((one) => one.system === system);
  return used.every(({ method, path }) => operations.some((one) => one.method === method && one.path === path));
}

function openApiSources(
  description: Description,
): readonly { readonly name: string; readonly document: OpenApiDocument }[] {
  const found: { name: string; document: OpenApiDocument }[] = [];
  // A set grows while it is walked, and holds each description once: they may name each other.
  const descriptions = new Set([description]);
  for (const one of descriptions) {
    for (const [name, source] of one.sources) {
      if (source.kind === 'openapi') found.push({ name, document: source.document });
      if (source.kind === 'arazzo' && descriptions.size < MOST_DESCRIPTIONS) descriptions.add(source.description);
    }
  }
  return found;
}
