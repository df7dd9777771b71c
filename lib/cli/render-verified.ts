/** A verification as people read it: a system at a time, what is wrong with what to do, and a last line that says it all. */
import { counted } from '../diagnostics/words.ts';
import type { Check, Checked, Verdict } from '../verify/check.ts';
import { printable } from '../diagnostics/cells.ts';
import { paragraph } from './analysis/columns.ts';
import type { Ink } from './terminal.ts';

const MARKS: { readonly [V in Verdict]: string } = {
  ok: 'ok',
  'not-checked': '-',
  warning: 'warning',
  failed: 'FAILED',
};
const MARK_WIDTH = 9;

export function renderVerified(
  checked: readonly Checked[],
  { ink, width }: { readonly ink: Ink; readonly width: number },
): string {
  const parts = checked.flatMap(({ name, at, checks }) => [
    `${ink.bold(printable(name))}  ${ink.dim(printable(at))}`,
    ...grouped(checks).flatMap((check) => lines(check, ink, width)),
    '',
  ]);
  return [...parts, summary(checked, ink), ''].join('\n');
}

/** Of all that was left out for one reason, the reason once. */
function grouped(checks: readonly Check[]): readonly Check[] {
  const left = Map.groupBy(
    checks.filter(({ verdict }) => verdict === 'not-checked'),
    ({ says }) => says,
  );
  const merged = [...left.values()].map((group): Check => {
    const [first] = group;
    const names = group.map(({ name }) => name).join('; ');
    return {
      verdict: 'not-checked',
      name: names,
      says: first?.says ?? '',
      ...(first?.fix !== undefined && { fix: first.fix }),
    };
  });
  return [...checks.filter(({ verdict }) => verdict !== 'not-checked'), ...merged];
}

function lines({ name, verdict, says, fix }: Check, ink: Ink, width: number): readonly string[] {
  const indent = ' '.repeat(MARK_WIDTH + 1);
  const said = paragraph(`  ${MARKS[verdict].padEnd(MARK_WIDTH - 1)}`, `${name}: ${says}`, width);
  const advice = fix === undefined || verdict === 'ok' ? [] : paragraph(indent, fix, width);
  return [...said.map((line) => painted(line, verdict, ink)), ...advice.map((line) => ink.dim(line))];
}

function painted(line: string, verdict: Verdict, ink: Ink): string {
  if (verdict === 'failed') return ink.red(line);
  if (verdict === 'warning') return ink.yellow(line);
  return verdict === 'not-checked' ? ink.dim(line) : line;
}

function summary(checked: readonly Checked[], ink: Ink): string {
  const all = checked.flatMap(({ checks }) => checks);
  const count = (verdict: Verdict): number => all.filter((check) => check.verdict === verdict).length;
  const [failures, warnings, left] = [count('failed'), count('warning'), count('not-checked')];
  const rest = `${counted(warnings, 'warning')}, ${count('ok')} well, ${left} not checked`;
  return failures === 0 ? ink.green(`Verified: ${rest}.`) : ink.red(`${counted(failures, 'check')} failed; ${rest}.`);
}
