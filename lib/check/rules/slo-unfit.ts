/**
 * A promise that can be held against what happens: it promises something, over a time that a budget makes sense over, and
 * of runs nothing slower than their deadline, at which every run is ended.
 */
import { below, keyAt } from '../../diagnostics/place.ts';
import { SLO_WINDOWS } from '../../model/alarm-table.ts';
import { DEFAULTS } from '../../model/defaults.ts';
import type { Place } from '../../model/diagnostic.ts';
import { durationText } from '../../model/duration.ts';
import { isObject, type JsonObject, own } from '../../model/json.ts';
import type { SloPolicy } from '../../model/policy.ts';
import type { Report } from '../finding.ts';
import { typedPolicies } from '../policy.ts';
import type { Rule } from '../rule.ts';

export const sloUnfit: Rule = (links, report) => {
  for (const { arazzo } of links.descriptions) {
    for (const { policy, name, at } of arazzo.sourceDescriptions) {
      const { slo } = typedPolicies.ofSystem(policy);
      if (slo) reportPromise(slo, { whose: `system "${name}"`, ...sloOf(policy, at) }, report);
    }
  }
  for (const { workflowId, policy, at: owner } of links.workflows.keys()) {
    const { slo, deadline, mode = 'standard' } = typedPolicies.ofWorkflow(policy);
    if (!slo) continue;
    const whose = `workflow "${workflowId}"`;
    const { at, written } = sloOf(policy, owner);
    reportPromise(slo, { whose, at, written }, report);
    const ends = deadline ?? DEFAULTS.deadlineMs[mode];
    if (slo.latency && slo.latency.below >= ends) {
      const why = `promises that runs end within ${durationText(slo.latency.below)}, and each is ended at its deadline of ${durationText(ends)}`;
      const fix = 'Promise less time than `deadline` gives, or raise the deadline.';
      report('XIL055', below(at, 'latency', 'below'), { whose, why, fix });
    }
  }
};

function sloOf(policy: JsonObject, owner: Place): Omit<Promising, 'whose'> {
  const written = own(policy, 'slo');
  return { at: below(owner, 'x-interlock', 'slo'), written: isObject(written) ? written : {} };
}

interface Promising {
  readonly whose: string;
  /** As it is written: what has not the right form has its own diagnostic. */
  readonly written: JsonObject;
  readonly at: Place;
}

function reportPromise({ latency, window }: SloPolicy, { whose, at, written }: Promising, report: Report): void {
  if (Object.keys(written).every((key) => key === 'window')) {
    const fix = 'Add `availability: 0.999`, or `latency: { percentile: 99, below: 2s }`.';
    report('XIL055', keyAt(at), { whose, why: 'promises neither an availability nor a latency', fix });
  }
  if (latency && latency.percentile < 1) {
    const why = `promises something of ${latency.percentile} %, which is next to nothing`;
    const fix = `Write percent: \`percentile: ${Number((latency.percentile * 100).toFixed(6))}\`.`;
    report('XIL055', below(at, 'latency', 'percentile'), { whose, why, fix });
  }
  const { leastMs, mostMs } = SLO_WINDOWS;
  if (window === undefined || (window >= leastMs && window <= mostMs)) return;
  const why = `is measured over ${durationText(window)}`;
  const fix = `Write a window from ${durationText(leastMs)} to ${durationText(mostMs)}; ${durationText(DEFAULTS.slo.windowMs)} is usual.`;
  report('XIL055', below(at, 'window'), { whose, why, fix });
}
