/**
 * Where an operation is served (OpenAPI 3.1.1 sections 4.8.5 and 4.8.6). A relative url counts from where the document
 * was read: it becomes absolute if that is the network, and stays relative if it is a file; then the environment says.
 */
import type { Server } from '../model/openapi.ts';
import { child, items, members, objects, type Spot, textIn } from './spot.ts';
import { isWebUri, resolveUri } from './uri.ts';

/** Those of the first owner that names any: operation, path, document. */
export function serversOf(owners: readonly (Spot | undefined)[]): Server[] {
  for (const owner of owners) {
    const servers = objects(child(owner, 'servers')).flatMap(serverOf);
    if (servers.length > 0) return servers;
  }
  const document = owners.at(-1)?.at.document ?? '';
  return [{ url: absolute('/', document), variables: {} }];
}

function serverOf(spot: Spot): Server[] {
  const url = textIn(spot, 'url');
  if (url === undefined) return [];
  return [{ url: absolute(url, spot.at.document), variables: serverVariables(spot) }];
}

export function serverVariables(spot: Spot): Server['variables'] {
  const variables: { [name: string]: Server['variables'][string] } = Object.create(null);
  for (const [name, entry] of members(child(spot, 'variables'))) {
    const listed = items(child(entry, 'enum')).flatMap(({ value }) => written(value) ?? []);
    const preset = written(child(entry, 'default')?.value) ?? listed[0];
    if (preset !== undefined) variables[name] = { default: preset, ...(listed.length > 0 && { enum: listed }) };
  }
  return variables;
}

/** A port is often written as a number. */
function written(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function absolute(url: string, document: string): string {
  if (!isWebUri(document) || /^(?:[a-z][a-z0-9+.-]*:|\{)/i.test(url)) return url;
  return resolveUri(document, url).replaceAll(/%7b/gi, '{').replaceAll(/%7d/gi, '}');
}
