/** Who talks to whom: callers, the machine and its parts, the systems, and the operator at the end of the dead letters. */
import { counted } from '../../diagnostics/words.ts';
import { calledSystems, reachedSystems } from '../../model/dependencies.ts';
import { schemeWords } from '../../model/security.ts';
import { type ReportFacts, shownServer } from '../facts.ts';
import { type Graph, type GraphEdge, type GraphNode, linesOf } from '../picture.ts';

const INSIDE = 'interlock';
const OUTSIDE = 'systems';

export function architectureOf(facts: ReportFacts): Graph {
  const { workflows, title } = facts;
  const systems = systemsIn(facts);
  const nodes: readonly GraphNode[] = [
    { id: 'caller', lines: ['who starts runs', 'run API, command line'], look: 'round', tone: 'quiet' },
    ...workflows.map(({ plan }) => own(`workflow ${plan.workflowId}`, [plan.workflowId, 'state machine'], 'strong')),
    own('core', ['core function', 'close, settle, raise'], 'plain'),
    { ...own('journal', ['run table', 'journal, written by every function'], 'plain'), look: 'store' },
    ...systems
      .filter(({ isReached }) => isReached)
      .map(({ name }) => own(`call ${name}`, [`call ${name}`, 'function'], 'plain')),
    { ...own('letters', ['dead letters', 'runs that need a person'], 'plain'), look: 'store' },
    ...systems.map(
      ({ name, lines }): GraphNode => ({ id: `system ${name}`, lines, look: 'box', tone: 'good', group: OUTSIDE }),
    ),
    { id: 'operator', lines: ['operator', 'interlock queue, undo, resolve'], look: 'round', tone: 'quiet' },
  ];
  return {
    kind: 'graph',
    title: 'Architecture',
    says: `${title}: the machine calls ${counted(systems.length, 'system')} through a function each, keeps a journal, and leaves a dead letter where a person is needed.`,
    direction: 'right',
    nodes: nodes.map((node) => ({ ...node, lines: linesOf(node.lines) })),
    edges: edgesOf(facts, systems),
    groups: [
      { id: INSIDE, title: 'Interlock' },
      { id: OUTSIDE, title: 'Systems' },
    ],
  };
}

function own(id: string, lines: readonly string[], tone: GraphNode['tone']): GraphNode {
  return { id, lines, look: 'box', tone, group: INSIDE };
}

interface SystemBox {
  readonly name: string;
  /** By a function of ours. */
  readonly isReached: boolean;
  readonly dependsOn: readonly string[];
  readonly lines: readonly string[];
}

/** Every system once, though several workflows call it. */
function systemsIn({ workflows, placed }: ReportFacts): readonly SystemBox[] {
  const found = new Map<string, SystemBox>();
  for (const { plan, analysis } of workflows) {
    for (const { name, title, servers, authentication } of analysis.systems) {
      const server = placed?.systems[name]?.server ?? servers[0];
      const schemes = authentication.map(({ scheme, type }) => {
        const known = plan.systems[name]?.securitySchemes[scheme];
        return known ? schemeWords(known) : type;
      });
      const auth = schemes.length === 0 ? 'no authentication' : schemes.join(', ');
      const lines = [
        name === title ? name : `${name}: ${title}`,
        ...(server === undefined ? [] : [shownServer(server)]),
        auth,
      ];
      const isReached = reachedSystems(plan).includes(name) || found.get(name)?.isReached === true;
      found.set(name, { name, lines, isReached, dependsOn: plan.systems[name]?.dependsOn ?? [] });
    }
  }
  return [...found.values()];
}

function edgesOf({ workflows }: ReportFacts, systems: readonly SystemBox[]): readonly GraphEdge[] {
  const plain = { lines: [], tone: 'plain' } as const;
  const ofWorkflows = workflows.flatMap(({ plan }): readonly GraphEdge[] => {
    const id = `workflow ${plan.workflowId}`;
    return [
      { from: 'caller', to: id, ...plain },
      ...calledSystems(plan).map((name) => ({ from: id, to: `call ${name}`, ...plain })),
      { from: id, to: 'core', ...plain },
      { from: id, to: 'journal', lines: [], tone: 'quiet', dashed: true },
      { from: id, to: 'letters', lines: [], tone: 'bad', dashed: true },
    ];
  });
  return [
    ...ofWorkflows,
    ...systems
      .filter(({ isReached }) => isReached)
      .map(({ name }): GraphEdge => ({ from: `call ${name}`, to: `system ${name}`, lines: [], tone: 'good' })),
    ...systems.flatMap(({ name, dependsOn }) =>
      dependsOn.map(
        (other): GraphEdge => ({
          from: `system ${name}`,
          to: `system ${other}`,
          lines: ['depends on'],
          tone: 'quiet',
          dashed: true,
        }),
      ),
    ),
    { from: 'letters', to: 'operator', lines: [], tone: 'bad', dashed: true },
  ];
}
