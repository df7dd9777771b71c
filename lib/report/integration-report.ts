/** The report of an integration: what its systems are and what is watched once, and of each workflow everything else. */
import { type Block, heading, paragraph, type Report } from './block.ts';
import type { ReportFacts, WorkflowFacts } from './facts.ts';
import { cost } from './sections/cost.ts';
import { dataFlow } from './sections/data-flow.ts';
import { failures } from './sections/failures.ts';
import { machine } from './sections/machine.ts';
import { overview } from './sections/overview.ts';
import { plan } from './sections/plan.ts';
import { runbook } from './sections/runbook.ts';
import { systems } from './sections/systems.ts';
import { watching } from './sections/watching.ts';

/** In the order in which one asks: what it does, what it needs, what can go wrong, and what then. */
const OF_A_WORKFLOW: readonly ((facts: WorkflowFacts, id: string) => readonly Block[])[] = [
  plan,
  dataFlow,
  machine,
  failures,
  runbook,
  cost,
];

export function integrationReport(facts: ReportFacts): Report {
  const workflows = facts.workflows.flatMap((workflow, index) => ofWorkflow(workflow, `workflow-${index + 1}`));
  const inside = [...systems(facts), ...workflows, ...watching(facts)];
  return { title: facts.title, blocks: [...overview(facts), ...contents(inside), ...inside] };
}

function ofWorkflow(facts: WorkflowFacts, id: string): readonly Block[] {
  const { summary, workflowId } = facts.plan;
  return [
    heading(2, `Workflow ${workflowId}`, id),
    ...(summary === undefined ? [] : [paragraph(summary)]),
    ...OF_A_WORKFLOW.flatMap((section) => section(facts, id)),
  ];
}

/** Of what follows; situations of the runbook are too many. */
function contents(blocks: readonly Block[]): readonly Block[] {
  const items = blocks.flatMap((block) =>
    block.kind === 'heading' && block.level < 4 ? [[{ link: block.text, to: block.id }]] : [],
  );
  return [heading(2, 'Contents', 'contents'), { kind: 'list', items }];
}
