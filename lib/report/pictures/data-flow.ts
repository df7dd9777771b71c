/** Which step hands which values to which: an arrow for each pair, in the colour of the worst of its values. */
import { type Flow, type FlowVerdict, VERDICTS } from '../../analyze/flow/flows.ts';
import type { Plan } from '../../model/plan.ts';
import { requestOf, type WorkflowFacts } from '../facts.ts';
import { type Graph, type GraphEdge, type GraphNode, linesOf, type PictureTone } from '../picture.ts';

const INPUTS = 'inputs';
const OUTPUTS = 'outputs';
const MOST_NAMES = 5;

const TONES: { readonly [V in FlowVerdict]: PictureTone } = {
  fits: 'plain',
  unknown: 'quiet',
  'may-be-absent': 'bad',
  'may-not-fit': 'bad',
  unfit: 'bad',
};

/** Undos and probes are left to the table: here stands the way on which all goes well. */
export function dataFlowOf({ plan, analysis }: WorkflowFacts): Graph {
  const steps = new Set(Object.keys(plan.steps));
  const flows = analysis.flows.filter(
    ({ from, to }) => steps.has(to.step) && from.by === undefined && (from.kind === 'input' || from.kind === 'answer'),
  );
  const pairs = Map.groupBy(flows, ({ from, to }) => `${from.step ?? INPUTS}\n${to.step}`);
  const told = [...pairs.values()].map(edgeOf);
  const edges = [...told, ...listsOf(plan, told)];
  const read = plan.scopes['']?.reads ?? [];
  const touched = new Set([...edges.flatMap(({ from, to }) => [from, to]), ...read]);
  const nodes: readonly GraphNode[] = [
    { id: INPUTS, lines: ['inputs'], look: 'round', tone: 'strong' },
    ...[...steps]
      .filter((path) => touched.has(path))
      .map(
        (path): GraphNode => ({ id: path, lines: linesOf([path, requestOf(plan, path)]), look: 'box', tone: 'plain' }),
      ),
    ...(read.length > 0 ? [{ id: OUTPUTS, lines: ['outputs'], look: 'round', tone: 'good' } as const] : []),
  ];
  return {
    kind: 'graph',
    title: `Data flow of ${plan.workflowId}`,
    says: `Which values go from the inputs and from the answers of steps to which steps of ${plan.workflowId}; the table below lists them.`,
    direction: 'down',
    nodes,
    edges: [...edges, ...read.map((from): GraphEdge => ({ from, to: OUTPUTS, lines: [], tone: 'good' }))],
    groups: [],
  };
}

/** What a step reads for its list, where no value of it is read besides. */
function listsOf(plan: Plan, told: readonly GraphEdge[]): readonly GraphEdge[] {
  return Object.values(plan.steps).flatMap(({ path, forEach, reads }) => {
    if (!forEach) return [];
    const unsaid = reads.filter((from) => !told.some((edge) => edge.from === from && edge.to === path));
    return unsaid.map((from): GraphEdge => ({ from, to: path, lines: ['for each'], tone: 'plain' }));
  });
}

function edgeOf(flows: readonly Flow[]): GraphEdge {
  const [first] = flows;
  const names = [...new Set(flows.map(({ from }) => lastOf(from.text)))];
  const worst = VERDICTS[Math.max(0, ...flows.map(({ verdict }) => VERDICTS.indexOf(verdict)))] ?? 'fits';
  return {
    from: first?.from.step ?? INPUTS,
    to: first?.to.step ?? '',
    lines: linesOf(names, MOST_NAMES),
    tone: TONES[worst],
  };
}

/** `$response.body#/rates/0/price` -> `price`. */
function lastOf(text: string): string {
  return /([^/.$#]+)$/.exec(text)?.[1] ?? text;
}
