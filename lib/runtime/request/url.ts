/**
 * Where a request goes: the server (the environment's, else the operation's, else the document's first), its variables
 * filled in, and the operation's path with its parameters. What the URL parser would rewrite is refused.
 */
import { own } from '../../model/json.ts';
import type { Server } from '../../model/openapi.ts';
import type { PlanOperation, PlanSystem } from '../../model/plan.ts';
import { BoundedCache } from '../../expressions/cache.ts';
import type { SystemEnvironment } from '../ports/environment.ts';
import type { RequestDraft } from './draft.ts';

export function urlOf(
  draft: RequestDraft,
  target: { readonly operation: PlanOperation; readonly system: PlanSystem; readonly environment: SystemEnvironment },
): string | undefined {
  const base = baseOf(draft, target);
  const path = pathOf(draft, target.operation);
  if (base === undefined || path === undefined) return undefined;
  return `${base}${path}`;
}

function baseOf(draft: RequestDraft, target: Parameters<typeof urlOf>[1]): string | undefined {
  const { system, environment } = target;
  const server = serverOf(target);
  if (server === undefined) return remedy(draft, system, 'no server');
  const variables = { ...defaultsOf(server), ...environment.variables };
  const unfit = Object.entries(server.variables).find(([name, { enum: listed }]) => {
    const value = own(variables, name);
    return listed !== undefined && value !== undefined && !listed.includes(value);
  });
  if (unfit) {
    const [name, { enum: listed = [] }] = unfit;
    draft.problems.push(`the variable \`${name}\` of the server of \`${system.name}\` is one of ${listed.join(', ')}`);
    return undefined;
  }
  let missing = false;
  const text = server.url.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = own(variables, name);
    missing ||= value === undefined;
    return value ?? '';
  });
  return missing
    ? remedy(draft, system, `no value for a variable of its server ${server.url}`)
    : absolute(draft, system, text);
}

function absolute(draft: RequestDraft, system: PlanSystem, text: string): string | undefined {
  const base = bases.get(text, readBase);
  return base.ok ? base.text : remedy(draft, system, base.why);
}

type Base = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** A deployment has few servers, and each is written as it was the last time. */
const bases = new BoundedCache<Base>(100);

function readBase(text: string): Base {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.host === '')
    return { ok: false, why: 'no absolute http(s) server' };
  if (url.username !== '' || url.password !== '') return { ok: false, why: 'credentials in its server' };
  return { ok: true, text: baseIn(url) };
}

/** What the paths of a server's operations are written behind. */
function baseIn({ origin, pathname }: URL): string {
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** Where the environment names several servers: their bases, the first one being that of every request as it is built. */
export function basesOf({ server, servers = [], variables = {} }: SystemEnvironment): readonly string[] {
  if (server !== undefined || servers.length < 2) return [];
  return servers.flatMap((text) => {
    const url = URL.parse(text.replace(/\{([^{}]+)\}/g, (_, name: string) => own(variables, name) ?? ''));
    return url ? [baseIn(url)] : [];
  });
}

function remedy(draft: RequestDraft, { name }: PlanSystem, what: string): undefined {
  draft.problems.push(`the system \`${name}\` has ${what}: write systems.${name}.server in the environment file`);
  return undefined;
}

function serverOf({ operation, system, environment }: Parameters<typeof urlOf>[1]): Server | undefined {
  const url = environment.server ?? environment.servers?.[0];
  if (url !== undefined) return { url, variables: {} };
  return operation.servers?.[0] ?? system.servers[0];
}

function defaultsOf(server: Server): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(server.variables).map(([name, variable]) => [name, variable.default]));
}

function pathOf(draft: RequestDraft, { path }: PlanOperation): string | undefined {
  const before = draft.problems.length;
  const filled = path
    .split('/')
    .map((segment) => segmentOf(draft, segment))
    .join('/');
  return draft.problems.length === before ? filled : undefined;
}

/** `.` and `..`, also percent-encoded, are resolved by every URL parser on the way: they would name another resource. */
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;

function segmentOf(draft: RequestDraft, template: string): string {
  const segment = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const text = draft.path.get(name);
    if (text === undefined) draft.problems.push(`the path parameter \`${name}\` is not given`);
    return text ?? '';
  });
  if (segment !== template && DOT_SEGMENT.test(segment))
    draft.problems.push(`the path would hold the segment \`${segment}\``);
  return segment;
}
