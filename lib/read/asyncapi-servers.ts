/** Servers of an AsyncAPI document: where they are, and by which protocol they are spoken to (Server Object). */
import type { Place } from '../model/diagnostic.ts';
import type { SecurityRequirement, Server } from '../model/openapi.ts';
import { type AsyncApiContext, targetOf } from './asyncapi-messages.ts';
import { serverVariables } from './openapi-servers.ts';
import { child, items, members, namesOf, objectOf, type Spot, textIn } from './spot.ts';
import { newRecord } from './tree.ts';

export interface NamedServer {
  readonly at: Place;
  readonly name: string;
  readonly protocol: string;
  readonly server: Server;
  readonly security: readonly SecurityRequirement[];
}

export function asyncServers(context: AsyncApiContext): readonly NamedServer[] {
  return members(child(context.root, 'servers')).flatMap(([name, entry]) => {
    const target = targetOf(context, entry, 'a server');
    const host = textIn(target, 'host');
    const protocol = textIn(target, 'protocol')?.toLowerCase();
    if (!target || host === undefined || protocol === undefined) return [];
    const path = textIn(target, 'pathname') ?? '';
    const url = `${protocol}://${host}${path === '' || path.startsWith('/') ? path : `/${path}`}`;
    const security = items(child(target, 'security'))
      .map((one) => requirementOf(context, one))
      .filter((one) => one !== undefined);
    return [{ at: target.at, name, protocol, server: { url, variables: serverVariables(target) }, security }];
  });
}

/** Security schemes are referred to, and then have the name under which the document keeps them. */
function requirementOf(context: AsyncApiContext, spot: Spot): SecurityRequirement | undefined {
  const name = /^#\/components\/securitySchemes\/([^/]+)$/.exec(textIn(spot, '$ref') ?? '')?.[1];
  const known = child(child(context.root, 'components'), 'securitySchemes');
  if (name === undefined || !objectOf(child(known, name))) {
    const scheme = textIn(spot, '$ref') ?? textIn(spot, 'type') ?? '';
    context.faults.note('OAS010', spot.at, { scheme, known: namesOf(known) });
    return undefined;
  }
  const requirement = newRecord() as { [scheme: string]: readonly string[] };
  requirement[name] = [];
  return requirement;
}
