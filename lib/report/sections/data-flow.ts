/** Which value goes where, and whether what the documents say at both ends fits. */
import type { Flow, FlowVerdict } from '../../analyze/flow/flows.ts';
import { type Block, codes, heading, type Inline, paragraph, type Text, table, type Tone } from '../block.ts';
import type { WorkflowFacts } from '../facts.ts';
import { dataFlowOf } from '../pictures/data-flow.ts';

export function dataFlow(facts: WorkflowFacts, id: string): readonly Block[] {
  const { flows } = facts.analysis;
  return [
    heading(3, 'Data flow', `${id}-data`),
    ...(flows.length === 0 ? [] : [{ kind: 'picture', picture: dataFlowOf(facts) } as const]),
    ...(flows.length === 0
      ? []
      : [paragraph('Undos and probes read answers, too; every value with its types at both ends:')]),
    table(
      'Values and where they go',
      ['to', 'takes', 'from', 'type', 'verdict'],
      flows.map(flowRow),
      'No request is made of anything but constants.',
    ),
  ];
}

const VERDICTS: { readonly [V in FlowVerdict]: { readonly marked: string; readonly tone: Tone } } = {
  fits: { marked: 'fits', tone: 'good' },
  unknown: { marked: 'not told', tone: 'quiet' },
  'may-be-absent': { marked: 'may be absent', tone: 'warn' },
  'may-not-fit': { marked: 'may not fit', tone: 'warn' },
  unfit: { marked: 'does not fit', tone: 'bad' },
};

function flowRow({ from, to, verdict, codes: found }: Flow): readonly Text[] {
  const type = from.type === to.type ? to.type : `${from.type} → ${to.type}`;
  const said: readonly Inline[] = found.length === 0 ? [] : [` ${found.join(', ')}`];
  return [
    codes([to.step]),
    [`${to.in} `, { code: to.name === '' ? 'whole' : to.name }],
    sourceOf(from),
    type,
    [VERDICTS[verdict], ...said],
  ];
}

/** A constant may be anything, a credential that somebody wrote there as well: it is not repeated. */
function sourceOf({ kind, step, by, text }: Flow['from']): Text {
  if (kind === 'constant') return 'a constant';
  const of: readonly Inline[] = step === undefined ? [] : [' of ', { code: step }];
  return [{ code: text }, ...of, ...(by === undefined ? [] : [`, by its ${by}`])];
}
