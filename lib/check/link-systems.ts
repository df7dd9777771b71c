/** What systems depend on (`dependsOn`): source descriptions of the same document that have operations, by their names. */
import { below } from '../diagnostics/place.ts';
import type { Description } from '../model/description.ts';
import type { SystemDependency } from '../model/links.ts';
import type { Report } from './finding.ts';
import { typedPolicies } from './policy.ts';

export function linkSystems({ arazzo, sources }: Description, report: Report): readonly SystemDependency[] {
  const { sourceDescriptions } = arazzo;
  return sourceDescriptions.flatMap((from) =>
    (typedPolicies.ofSystem(from.policy).dependsOn ?? []).flatMap((name, index) => {
      const at = below(from.at, 'x-interlock', 'dependsOn', index);
      const to = sourceDescriptions.find((one) => one.name === name);
      if (!to) report('ARZ034', at, { name, known: sourceDescriptions.map((one) => one.name) });
      const kind = to && (sources.get(name)?.kind ?? to.type);
      if (kind === 'arazzo') report('ARZ041', at, { name, kind, expected: ['openapi', 'asyncapi'] });
      return to && kind !== 'arazzo' ? [{ from, to, at }] : [];
    }),
  );
}
