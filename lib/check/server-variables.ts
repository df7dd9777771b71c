/** The `variables` of a system in an environment, against the servers that they are put into. */
import { below, keyAt } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { Server } from '../model/openapi.ts';

export function checkVariables(
  system: string,
  value: Json,
  place: Place,
  declared: readonly Server[] | undefined,
): readonly Diagnostic[] {
  const given = isObject(value) ? own(value, 'variables') : undefined;
  if (!isObject(given) || !declared || !isObject(value)) return [];
  const servers = ownServers(value) ?? declared;
  const names = [...new Set(servers.flatMap(namesIn))];
  return Object.entries(given).flatMap(([name, text]) => {
    const at = below(place, 'variables', name);
    if (!names.includes(name)) return [report('ENV009', keyAt(at), { kind: 'unknown', system, name, names })];
    const lists = servers.flatMap(({ variables }) => own(variables, name)?.enum ?? []);
    const isFit = typeof text !== 'string' || lists.length === 0 || lists.includes(text);
    return isFit
      ? []
      : [report('ENV009', at, { kind: 'value', system, name, value: text, values: [...new Set(lists)] })];
  });
}

/** They stand instead of the document's, and no list says what their variables may be. */
function ownServers(system: { readonly [key: string]: Json }): readonly Server[] | undefined {
  const several = own(system, 'servers');
  const urls = [own(system, 'server'), ...(Array.isArray(several) ? (several as readonly Json[]) : [])];
  const texts = urls.filter((url): url is string => typeof url === 'string');
  return texts.length === 0 ? undefined : texts.map((url) => ({ url, variables: {} }));
}

function namesIn({ url }: Server): readonly string[] {
  return [...url.matchAll(/\{([^{}]+)\}/g)].flatMap(([, name]) => name ?? []);
}
