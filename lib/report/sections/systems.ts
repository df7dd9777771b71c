/** Systems, how one says to each who one is, what protects it, and every endpoint with who calls it. */
import type { Endpoint } from '../../analyze/inventory.ts';
import { titleOfOperation } from '../../analyze/flow/flows.ts';
import { words } from '../../analyze/scenarios.ts';
import { behind, dependsOnIn } from '../../model/dependencies.ts';
import type { SecurityScheme } from '../../model/openapi.ts';
import type { Effect, PlanSystem } from '../../model/plan.ts';
import { schemeWords } from '../../model/security.ts';
import { type Block, codes, heading, type Inline, type Text, table } from '../block.ts';
import { type ReportFacts, shownServer } from '../facts.ts';
import { architectureOf } from '../pictures/architecture.ts';

export function systems(facts: ReportFacts): readonly Block[] {
  const known = planned(facts);
  const { columns, cells } = dependencies(known);
  return [
    heading(2, 'Systems', 'systems'),
    { kind: 'picture', picture: architectureOf(facts) },
    table(
      'Systems and how they are reached',
      ['system', 'server', 'authentication', 'protection', 'health', ...columns],
      [...known.values()].map((system) => [...systemRow(system, facts), ...cells(system)]),
      'It calls nobody.',
    ),
    heading(3, 'Endpoints', 'endpoints'),
    table(
      'Endpoints and who calls them',
      ['system', 'endpoint', 'effect', 'authentication', 'called by'],
      endpointRows(facts),
      'It calls nobody.',
    ),
  ];
}

function planned({ workflows }: ReportFacts): ReadonlyMap<string, PlanSystem> {
  return new Map(workflows.flatMap(({ plan }) => Object.values(plan.systems).map((system) => [system.name, system])));
}

function systemRow(system: PlanSystem, { placed, workflows }: ReportFacts): readonly Text[] {
  const { name, title, servers } = system;
  const here = placed?.systems[name];
  const server = here?.server ?? servers[0]?.url;
  const used = new Set(
    workflows.flatMap(({ analysis }) =>
      analysis.systems
        .filter((one) => one.name === name)
        .flatMap((one) => one.authentication.map(({ scheme }) => scheme)),
    ),
  );
  return [
    name === title ? [{ strong: name }] : [{ strong: name }, ` ${title}`],
    server === undefined ? '-' : codes([shownServer(server)]),
    authOf([...used], system, here?.credentials ?? {}),
    protectionOf(system),
    healthOf(system),
  ];
}

function authOf(
  used: readonly string[],
  { securitySchemes }: PlanSystem,
  credentials: { readonly [scheme: string]: string },
): Text {
  if (used.length === 0) return 'none';
  return used.flatMap((scheme, index): readonly Inline[] => {
    const known = Object.hasOwn(securitySchemes, scheme) ? securitySchemes[scheme] : undefined;
    const by = Object.hasOwn(credentials, scheme) ? `, by ${credentials[scheme]}` : '';
    return [index === 0 ? '' : '; ', `${schemeSays(known)} (`, { code: scheme }, `)${by}`];
  });
}

function schemeSays(scheme: SecurityScheme | undefined): string {
  if (!scheme) return 'unknown';
  return scheme.type === 'apiKey' ? `API key in ${scheme.in}` : schemeWords(scheme);
}

function protectionOf({ breaker, rateLimit, concurrency }: PlanSystem): string {
  const parts = [
    ...(breaker
      ? [
          `breaker at ${Math.round(breaker.failureRate * 100)} % failures of ${words(breaker.windowMs)}, for ${words(breaker.openForMs)}`,
        ]
      : []),
    ...(rateLimit ? [`${rateLimit.requests} requests in ${words(rateLimit.perMs)}`] : []),
    ...(concurrency === undefined ? [] : [`${concurrency} calls at once`]),
  ];
  return parts.join('; ') || '-';
}

function healthOf({ health }: PlanSystem): Text {
  if (!health) return '-';
  const { unhealthyAfter = 1 } = health;
  const asked = 'path' in health ? health.path : titleOfOperation(health.call.operation);
  const often = unhealthyAfter === 1 ? '' : `, unwell after ${unhealthyAfter} bad answers in a row`;
  return [{ code: asked }, ` every ${words(health.everyMs)}${often}`];
}

/** A column where there is anything to say in it. */
function dependencies(known: ReadonlyMap<string, PlanSystem>): Dependencies {
  const isSome = [...known.values()].some(({ dependsOn }) => dependsOn);
  if (!isSome) return { columns: [], cells: () => [] };
  return {
    columns: ['depends on'],
    cells: ({ name }) => {
      const [near, all] = [dependsOnIn(known.values())(name), behind(name, dependsOnIn(known.values()))];
      const far = all.filter((one) => !near.includes(one));
      return [
        near.length === 0 ? '-' : `${near.join(', ')}${far.length === 0 ? '' : `; behind them ${far.join(', ')}`}`,
      ];
    },
  };
}

interface Dependencies {
  readonly columns: readonly string[];
  readonly cells: (system: PlanSystem) => readonly Text[];
}

interface MergedEndpoint extends Omit<Endpoint, 'callers'> {
  readonly system: string;
  readonly callers: string[];
}

/** Once each, though several workflows call it. */
function endpointRows({ workflows }: ReportFacts): readonly (readonly Text[])[] {
  const merged = new Map<string, MergedEndpoint>();
  for (const { plan, analysis } of workflows)
    for (const { name, endpoints } of analysis.systems)
      for (const endpoint of endpoints) {
        const key = `${name}\n${endpoint.operation}`;
        const known = merged.get(key) ?? { ...endpoint, system: name, callers: [] };
        const of = (caller: string): string => (workflows.length === 1 ? caller : `${plan.workflowId}/${caller}`);
        known.callers.push(...endpoint.callers.map(of));
        merged.set(key, known);
      }
  return [...merged.values()].map(({ system, operation, effect, authentication, callers }) => [
    system,
    codes([operation]),
    EFFECTS[effect],
    codes(authentication, 'none'),
    codes(callers),
  ]);
}

const EFFECTS: { readonly [E in Effect]: Text } = {
  safe: 'reads',
  idempotent: 'changes; may be repeated',
  unsafe: [{ marked: 'changes; not repeatable', tone: 'warn' }],
};
