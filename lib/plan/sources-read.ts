/**
 * `$sourceDescriptions.<name>.(url|type|name)` as a value: fields of the description, which a plan holds only where it is
 * read somewhere. Told by the text of what is planned, so rather once too often than once too seldom.
 */
import type { JsonObject } from '../model/json.ts';
import type { PlanCall, PlanScope, PlanStep } from '../model/plan.ts';
import type { ScopeDraft } from './draft.ts';

interface Planned {
  readonly scopes: { readonly [path: string]: PlanScope };
  readonly steps: readonly PlanStep[];
  readonly calls: readonly PlanCall[];
}

export function withSources(planned: Planned, drafts: readonly ScopeDraft[]): Planned['scopes'] {
  if (!JSON.stringify(planned).includes('$sourceDescriptions.')) return planned.scopes;
  const byPath = new Map(drafts.map((draft) => [draft.path, sourcesOf(draft)]));
  const scopes: { [path: string]: PlanScope } = Object.create(null);
  for (const [path, scope] of Object.entries(planned.scopes)) {
    const sources = byPath.get(path);
    scopes[path] = sources ? { ...scope, sources } : scope;
  }
  return scopes;
}

function sourcesOf({ linked }: ScopeDraft): { readonly [name: string]: JsonObject } {
  const sources: { [name: string]: JsonObject } = Object.create(null);
  for (const { name, url, type } of linked.description.arazzo.sourceDescriptions)
    sources[name] = { name, url, ...(type !== undefined && { type }) };
  return sources;
}
