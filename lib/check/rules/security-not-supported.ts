/**
 * An operation can be called with a credential that Interlock knows how to send. Only a warning: a simulated run needs none.
 * Said once for each scheme of a document, at the first step that needs it. A step that passes its token itself is let be.
 */
import type { SecurityRequirement, SecurityScheme } from '../../model/openapi.ts';
import { isBuilt, schemeWords } from '../../model/security.ts';
import { type CallOf, callsOf, type Rule } from '../rule.ts';

export const securityNotSupported: Rule = (links, report) => {
  const said = new Set<string>();
  for (const call of callsOf(links)) {
    const { linked, target, title } = call;
    const { uri, securitySchemes } = target.document;
    const [name] = passesToken(call) ? [] : unmet(target.operation.security, securitySchemes);
    const scheme = name === undefined ? undefined : securitySchemes.get(name);
    if (name === undefined || !scheme || said.has(`${uri}#${name}`)) continue;
    said.add(`${uri}#${name}`);
    const { stepId, at } = linked.step;
    report('ARZ078', at, { stepId, operation: title, name, kind: schemeWords(scheme) });
  }
};

/** The scheme that stands in the way of each alternative; none where one alternative can be met. */
function unmet(
  alternatives: readonly SecurityRequirement[],
  schemes: ReadonlyMap<string, SecurityScheme>,
): readonly string[] {
  const blocking = alternatives.flatMap(
    (requirement) =>
      Object.keys(requirement).find((name) => {
        const scheme = schemes.get(name);
        return scheme !== undefined && !isBuilt(scheme);
      }) ?? [],
  );
  return blocking.length === alternatives.length ? blocking : [];
}

function passesToken({ linked }: CallOf): boolean {
  return linked.parameters.some(
    ({ parameter }) => parameter.in === 'header' && parameter.name.toLowerCase() === 'authorization',
  );
}
