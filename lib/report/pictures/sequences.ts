/** Who is called when: on the way on which all goes well, and where the last step is refused and what stands is undone. */
import type { Scenario } from '../../analyze/scenarios.ts';
import { isHandedOn } from '../../model/handed-on-names.ts';
import type { Plan, PlanSeries, PlanStep } from '../../model/plan.ts';
import { callAt, requestOf, systemOf, type WorkflowFacts } from '../facts.ts';
import type { Lane, Sequence, SequenceRow } from '../picture.ts';

const RUN = 'run';

export function happySequence({ plan }: WorkflowFacts): Sequence {
  return {
    kind: 'sequence',
    title: `${plan.workflowId}: all goes well`,
    says: `The calls of ${plan.workflowId} to ${Object.keys(plan.systems).join(', ')}, in order, where all goes well.`,
    lanes: lanesOf(plan),
    rows: [...rowsOf(plan, plan.flow), { kind: 'note', text: 'succeeded: every effect stands once', tone: 'good' }],
  };
}

/** Of the failure that undoes most; undefined where none undoes anything. */
export function undoSequence({ plan, analysis }: WorkflowFacts): Sequence | undefined {
  const [worst] = analysis.scenarios
    .filter(({ outcome, undone }) => outcome === 'refused' && undone.length > 0)
    .toSorted((a, b) => b.undone.flat().length - a.undone.flat().length);
  if (!worst) return undefined;
  return {
    kind: 'sequence',
    title: `${plan.workflowId}: ${worst.step} is refused`,
    says: `${worst.step} is refused; then ${worst.undone.map((wave) => wave.join(' and ')).join(', then ')} are undone.`,
    lanes: lanesOf(plan),
    rows: undoRows(plan, worst),
  };
}

function undoRows(plan: Plan, { step, undone, stays, open }: Scenario): readonly SequenceRow[] {
  const failing: SequenceRow = { ...callRow(plan, step), answers: 'refused', tone: 'bad' };
  const kept = stays.length === 0 ? [] : [`may stay: ${stays.join(', ')}`];
  const left = open.length === 0 ? [] : [`left to an operator: ${open.join(', ')}`];
  return [
    { kind: 'note', text: `what came before ${step} stands`, tone: 'quiet' },
    failing,
    { kind: 'note', text: 'the fence goes up: no new effect begins', tone: 'bad' },
    ...undone.flatMap((wave) =>
      beside(
        wave.map((path) => undoCalls(plan, path)),
        'undone side by side',
      ),
    ),
    ...[...kept, ...left].map((text): SequenceRow => ({ kind: 'note', text, tone: 'quiet' })),
    open.length === 0
      ? { kind: 'note', text: 'compensated: nothing stands but what may', tone: 'good' }
      : { kind: 'note', text: 'needs attention', tone: 'bad' },
  ];
}

function undoCalls(plan: Plan, path: string): readonly SequenceRow[] {
  const undo = plan.steps[path]?.undo;
  if (undo?.kind !== 'calls') return [];
  return undo.calls.map((call) => ({ ...callRow(plan, call), answers: `${path} is undone` }));
}

function lanesOf(plan: Plan): readonly Lane[] {
  return [
    { id: RUN, lines: [plan.workflowId] },
    ...Object.values(plan.systems).map(({ name }) => ({ id: name, lines: [name] })),
  ];
}

function rowsOf(plan: Plan, series: PlanSeries): readonly SequenceRow[] {
  return series.flatMap((node) => {
    if (node.kind === 'parallel')
      return beside(
        node.branches.map((branch) => rowsOf(plan, branch)),
        'side by side',
      );
    const step = plan.steps[node.step];
    return step ? stepRows(plan, step) : [];
  });
}

function stepRows(plan: Plan, step: PlanStep): readonly SequenceRow[] {
  const waits: readonly SequenceRow[] = step.interaction
    ? [{ kind: 'note', text: `${step.path} waits for a person`, tone: 'quiet' }]
    : [];
  if (step.forEach)
    return [...waits, { kind: 'begin', title: 'for each item' }, callRow(plan, step.path), { kind: 'end' }];
  if (step.poll)
    return [...waits, { kind: 'begin', title: 'until it is done' }, callRow(plan, step.path), { kind: 'end' }];
  return [...waits, callRow(plan, step.path)];
}

function beside(parts: readonly (readonly SequenceRow[])[], title: string): readonly SequenceRow[] {
  const full = parts.filter((part) => part.length > 0);
  if (full.length < 2) return full.flat();
  const rows = full.flatMap((part, index): readonly SequenceRow[] =>
    index === 0 ? part : [{ kind: 'between' }, ...part],
  );
  return [{ kind: 'begin', title }, ...rows, { kind: 'end' }];
}

type CallRow = Extract<SequenceRow, { kind: 'call' }>;

function callRow(plan: Plan, path: string): CallRow {
  const message = plan.operations[callAt(plan, path)?.operation ?? '']?.message;
  // A message goes one way.
  if (message) {
    const [from, to] = message.action === 'send' ? [RUN, systemOf(plan, path)] : [systemOf(plan, path), RUN];
    return { kind: 'call', from, to, asks: requestOf(plan, path), answers: '', tone: 'plain' };
  }
  const outputs = Object.keys(plan.steps[path]?.outputs ?? {}).filter((name) => !isHandedOn(name));
  return {
    kind: 'call',
    from: RUN,
    to: systemOf(plan, path),
    asks: requestOf(plan, path),
    answers: outputs.length === 0 ? 'done' : outputs.join(', '),
    tone: 'plain',
  };
}
