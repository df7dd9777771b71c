/**
 * A system is asked after its health by the clock, for no run: by an operation that changes nothing, with constants, and
 * judged by its answer alone.
 */
import { below, keyAt } from '../../diagnostics/place.ts';
import type { Expression } from '../../expressions/expression.ts';
import { DEFAULTS } from '../../model/defaults.ts';
import { durationText } from '../../model/duration.ts';
import { isSafeMethod } from '../../model/methods.ts';
import type { LinkedHealth } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { titleOf } from '../linking.ts';
import { typedPolicies } from '../policy.ts';
import type { Rule } from '../rule.ts';
import { mentionsIn, sitesOfStep } from '../sites.ts';

export const healthUnfit: Rule = (links, report) => {
  for (const health of links.health) {
    reportOperation(health, report);
    reportReads(health, report);
    reportTimes(health, report);
  }
};

function reportOperation({ source, linked: { step, target, parameters } }: LinkedHealth, report: Report): void {
  const { name } = source;
  if (!step.target && parameters.length > 0) {
    const fix = 'Write a query into the path, or name an operation by `operationId`.';
    report('XIL057', keyAt(below(step.at, 'parameters')), { name, why: 'a path takes no parameters', fix });
  }
  if (target?.kind !== 'operation') return;
  const { operation } = target;
  const at = below(step.at, 'operationId');
  const fix = 'Name an operation of method GET or HEAD, or a `path`.';
  if (operation.message) report('XIL057', at, { name, why: `${titleOf(operation)} is a message`, fix });
  else if (!isSafeMethod(operation.method))
    report('XIL057', at, { name, why: `${titleOf(operation)} changes something`, fix });
}

function reportReads({ source, linked }: LinkedHealth, report: Report): void {
  const { name } = source;
  for (const { expression, text, at, moment } of mentionsIn(sitesOfStep(linked))) {
    if (moment === 'criteria' && isOfAnswer(expression)) continue;
    const why = `${text} belongs to a run, and it is asked for none`;
    const fix =
      moment === 'criteria' ? 'Read `$statusCode`, `$response.body` or `$response.header`.' : 'Write a constant.';
    report('XIL057', at, { name, why, fix });
  }
}

/** What asks rings every minute, and has a minute for all that it asks. */
function reportTimes({ source: { name, policy }, linked }: LinkedHealth, report: Report): void {
  const { longestMs } = DEFAULTS.health;
  const { every = MINUTE_MS, timeout = 0 } = typedPolicies.ofSystem(policy).health ?? {};
  if (every % MINUTE_MS !== 0) {
    const why = `every ${durationText(every)}, and the clock rings by the minute`;
    const fix = `Write \`every: ${Math.max(1, Math.round(every / MINUTE_MS))}m\`.`;
    report('XIL057', below(linked.step.at, 'every'), { name, why, fix });
  }
  if (timeout <= longestMs) return;
  const why = `it would be waited for ${durationText(timeout)}`;
  const fix = `Write \`timeout: ${durationText(longestMs)}\` or less: who takes longer to say that all is well is not.`;
  report('XIL057', below(linked.step.at, 'timeout'), { name, why, fix });
}

const MINUTE_MS = 60_000;

const OF_ANSWER: ReadonlySet<Expression['source']> = new Set(['statusCode', 'response', 'url', 'method', 'request']);

function isOfAnswer({ source }: Expression): boolean {
  return OF_ANSWER.has(source);
}
