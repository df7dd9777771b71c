/** The data-flow map: by the request that takes the values, where each comes from and whether it fits. */
import type { Analysis } from '../../analyze/analyze.ts';
import { type Flow, type FlowVerdict, VERDICTS } from '../../analyze/flow/flows.ts';
import type { Ink } from '../terminal.ts';
import { columns, cut, cutInside } from './columns.ts';
import type { Page } from './render-analysis.ts';

export function renderFlows({ flows }: Analysis, { ink, width }: Page): readonly string[] {
  if (flows.length === 0) return ['none: no request is made of anything but constants'];
  const counts = VERDICTS.map((verdict) => [verdict, flows.filter((flow) => flow.verdict === verdict).length] as const);
  const summary = counts.flatMap(([verdict, count]) => (count > 0 ? [`${count} ${WORDS[verdict]}`] : [])).join(', ');
  const room = width - 22;
  const rows = flows.map((flow) => [
    cutInside(slotOf(flow), Math.floor(room * 0.34)),
    `<- ${cutInside(sourceOf(flow), Math.floor(room * 0.42))}`,
    cut(typesOf(flow), Math.floor(room * 0.24)),
    '',
  ]);
  const lines = columns(rows, []);
  const verdicts = flows.map(({ verdict }) => painted(verdict, ink));
  const byStep = [...flows.keys()].map((index) => {
    const flow = flows[index];
    const isFirst = index === 0 || flows[index - 1]?.to.step !== flow?.to.step;
    const title = isFirst && flow ? [`${ink.bold(flow.to.step)}  ${ink.dim(flow.to.operation ?? '')}`] : [];
    return [...title, `  ${lines[index] ?? ''}  ${verdicts[index] ?? ''}`];
  });
  return [summary, ...byStep.flat()];
}

const WORDS: { readonly [V in FlowVerdict]: string } = {
  fits: 'fit',
  unknown: 'of which the documents do not say enough',
  'may-be-absent': 'may be absent',
  'may-not-fit': 'may not fit',
  unfit: 'do not fit',
};

function painted(verdict: FlowVerdict, ink: Ink): string {
  if (verdict === 'fits') return ink.green('fits');
  if (verdict === 'unknown') return ink.dim('not told');
  if (verdict === 'may-be-absent') return ink.yellow('may be absent');
  return verdict === 'may-not-fit' ? ink.yellow('may not fit') : ink.red('does not fit');
}

function slotOf({ to }: Flow): string {
  return to.in === 'body' ? `body ${to.name === '' ? '(whole)' : to.name}` : `${to.in} ${to.name}`;
}

function sourceOf({ from }: Flow): string {
  const where = from.text.replace(/^\$response\.body#?/, '').replace(/^\$response/, '$response');
  const text = from.kind === 'answer' ? `${from.step ?? ''} ${where}`.trim() : from.text;
  return from.by ? `${text} (${from.by})` : text;
}

/** One word where both ends say the same. */
function typesOf({ from, to }: Flow): string {
  return from.type === to.type ? to.type : `${from.type} -> ${to.type}`;
}
