/**
 * What an undo, a probe, a fallback and a lock may read (run-contract section 2). They are made when the step's own
 * exchange is over or was never seen, so of its request only the key is left; a probe and a fallback have no outputs of
 * the step, since it gave none; a lock is asked for before the first step.
 */
import { nearest } from '../../diagnostics/words.ts';
import type { Expression } from '../../expressions/expression.ts';
import type { Step } from '../../model/arazzo.ts';
import type { LinkedStep, Read } from '../../model/links.ts';
import { isKeyHeader } from '../effects.ts';
import { impliedOutputs } from '../implied-outputs.ts';
import { typedPolicies } from '../policy.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsOf } from '../rule.ts';
import { outputNames, undeclaredBeside } from '../rule-reads.ts';
import { type Mention, mentionsIn, sitesOfFallback, sitesOfLock, sitesOfStep } from '../sites.ts';

export const policyReadUnavailable: Rule = (links, report) => {
  const implied = impliedOutputs(links);
  for (const { linked } of stepsOf(links)) {
    for (const beside of [linked.undo, linked.probe]) {
      if (beside) reportExchange(linked, beside, report);
    }
    for (const { step, output, text, at } of undeclaredBeside(linked)) {
      if (implied.get(step)?.has(output)) continue;
      const why = `step "${step.stepId}" has no output "${output}"`;
      report('XIL035', at, { text, why, fix: fixFor(step, output) });
    }
    reportOwnOutputs(linked, 'A probe', linked.probe?.reads ?? [], report);
    reportOwnOutputs(linked, 'A fallback', linked.fallback?.reads ?? [], report);
    if (linked.fallback) reportFallback(linked, report);
  }
  for (const { workflow } of links.workflows.values()) {
    for (const { expression, text, at } of mentionsIn(sitesOfLock(workflow))) {
      if (expression.source === 'inputs') continue;
      report('XIL035', at, { text, why: 'a lock is taken before the first step', fix: 'Read `$inputs` only.' });
    }
  }
};

/** A name that is nearly one of the step's is that one; what is not, nobody has declared yet. */
function fixFor(step: Step, output: string): string {
  const near = nearest(output, outputNames(step));
  if (near !== undefined) return `Write \`$steps.${step.stepId}.outputs.${near}\`.`;
  return `Declare it under \`outputs\` of step "${step.stepId}".`;
}

/** That there is no answer yet, response-unavailable tells; here the request of the step itself. */
function reportExchange(linked: LinkedStep, beside: LinkedStep, report: Report): void {
  const why = 'the request of the step is over';
  const fix = 'Read `$request.header.Idempotency-Key`, the key that the step was called with, or an input or output.';
  const { stepId } = linked.step;
  for (const { expression, text, at, moment } of mentionsIn(sitesOfStep(beside))) {
    if (expression.source === 'outputs' && beside.target?.kind === 'operation') {
      const instead = `$steps.${stepId}.outputs.${expression.name}`;
      report('XIL035', at, { text, why: 'no workflow is called', fix: `Write \`${instead}\`.` });
    }
    if (moment !== 'request' || !isRequest(expression) || isKey(expression, linked)) continue;
    report('XIL035', at, { text, why, fix });
  }
}

function isRequest({ source }: Expression): boolean {
  return source === 'request' || source === 'url' || source === 'method';
}

function isKey(expression: Expression, { step }: LinkedStep): boolean {
  if (expression.source !== 'request' || expression.part !== 'header') return false;
  const declared = typedPolicies.ofStep(step.policy).idempotency?.header;
  return isKeyHeader(expression.name) || expression.name.toLowerCase() === declared?.toLowerCase();
}

function reportOwnOutputs({ step }: LinkedStep, who: string, reads: readonly Read[], report: Report): void {
  for (const { what, text, at } of reads) {
    if (what.kind !== 'step' || what.step !== step) continue;
    const why = `${who.toLowerCase()} is made when step "${step.stepId}" has given no outputs`;
    report('XIL035', at, { text, why, fix: 'Read an input, or an output of an earlier step.' });
  }
}

/** Its criteria may look at the answer that the step failed with; its outputs may not, since there may be none. */
function reportFallback({ fallback }: LinkedStep, report: Report): void {
  const mentions = fallback ? mentionsIn(sitesOfFallback(fallback.fallback)) : [];
  for (const { expression, text, at } of mentions.filter(isOfOutputs)) {
    if (!isRequest(expression) && expression.source !== 'response' && expression.source !== 'statusCode') continue;
    const why = 'a step that was not answered fails, too';
    report('XIL035', at, { text, why, fix: 'Read an input or an output of an earlier step, or write a constant.' });
  }
}

function isOfOutputs({ moment }: Mention): boolean {
  return moment === 'request';
}
