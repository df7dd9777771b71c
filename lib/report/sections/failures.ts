/** Every way in which every step can fail, what the design does about it, and how the run may end. */
import type { RunEnd, Scenario } from '../../analyze/scenarios.ts';
import { type Block, codes, heading, type Inline, paragraph, type Text, table, type Tone } from '../block.ts';
import type { WorkflowFacts } from '../facts.ts';

export function failures({ analysis: { scenarios } }: WorkflowFacts, id: string): readonly Block[] {
  const when = new Map(scenarios.map(({ outcome, when: words }) => [outcome, words]));
  const byStep = [...Map.groupBy(scenarios, ({ step }) => step)];
  return [
    heading(3, 'What can fail', `${id}-failures`),
    paragraph(
      'A failure that nothing answers for raises the fence: no new effect begins, what is under way is waited for, and what stands is undone.',
    ),
    table(
      'The ways in which a call can fail',
      ['outcome', 'when'],
      [...when].map(([outcome, words]) => [codes([outcome]), words]),
    ),
    table(
      'Failures by step',
      ['step', 'outcome', 'what is done', 'how the run may end'],
      byStep.flatMap(([step, own]) => stepRows(step, own)),
      'No step.',
    ),
    heading(4, 'What a failure undoes', `${id}-undone`),
    table(
      'What a failure undoes',
      ['failure of', 'undone, one after the other', 'may stay', 'left to an operator'],
      byStep.map(([step, own]) => undoneRow(step, own)),
      'No step.',
    ),
  ];
}

function stepRows(step: string, own: readonly Scenario[]): readonly (readonly Text[])[] {
  const alike = [...Map.groupBy(own, ({ design, ends }) => JSON.stringify([design, ends])).values()];
  return alike.map((group): readonly Text[] => {
    const [first] = group;
    return [
      codes([step]),
      codes(group.map(({ outcome }) => outcome)),
      first?.design.join('; ') || 'the run fails',
      (first?.ends ?? []).flatMap((end, index): readonly Inline[] => [index === 0 ? '' : ', ', marked(end)]),
    ];
  });
}

const TONES: { readonly [E in RunEnd]: Tone } = {
  succeeded: 'good',
  degraded: 'warn',
  compensated: 'quiet',
  failed: 'quiet',
  'needs-attention': 'bad',
};

function marked(end: RunEnd): Inline {
  return { marked: end, tone: TONES[end] };
}

function undoneRow(step: string, own: readonly Scenario[]): readonly Text[] {
  const [most] = own.toSorted(
    (a, b) => b.undone.flat().length - a.undone.flat().length || b.open.length - a.open.length,
  );
  const waves = most?.undone ?? [];
  const undone = waves.map((wave) => wave.join(' and ')).join(', then ');
  return [codes([step]), undone || 'nothing', codes(most?.stays ?? []), codes(most?.open ?? [])];
}
