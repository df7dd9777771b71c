/**
 * Promises that cannot be kept, or cannot be seen to be broken: more availability than the systems that a run needs promise
 * together, less time than the longest way takes, a latency that the timeouts of a system's calls hide.
 */
import type { Plan } from '../../model/plan.ts';
import { percent } from '../../model/promises.ts';
import { words } from '../scenarios.ts';
import { systemPlace } from '../system-place.ts';
import { longestWay } from '../timing.ts';
import { workflowPlace } from '../workflow-place.ts';
import type { Risk } from './risk.ts';

export const sloBeyondSystems: Risk = ({ plan, places, report }) => {
  const promised = plan.slo?.availability;
  const place = workflowPlace(plan);
  if (promised === undefined || !place) return;
  const needed = neededSystems(plan).flatMap((name) => {
    const share = plan.systems[name]?.slo?.availability;
    return share === undefined ? [] : [{ name, share }];
  });
  const together = needed.reduce((product, { share }) => product * share, 1);
  // Products of decimals are not exact: 0.999 * 1 must not be less than 0.999.
  if (together >= promised - 1e-9) return;
  report('RSK016', places.of(place, ['x-interlock', 'slo', 'availability']), {
    workflowId: plan.workflowId,
    promised: percent(promised),
    together: percent(together),
    systems: needed.map(({ name, share }) => `${name} ${percent(share)}`),
  });
};

/** Those without which a run cannot succeed: a step with a fallback, or another way on, can do without its system. */
function neededSystems(plan: Plan): readonly string[] {
  const steps = Object.values(plan.steps).filter(
    ({ fallback, onFailure }) => !fallback && onFailure.every(({ type }) => type !== 'goto'),
  );
  return [...new Set(steps.flatMap(({ operation }) => plan.operations[operation]?.system ?? []))];
}

export const sloTooFast: Risk = ({ plan, timing, places, report }) => {
  const latency = plan.slo?.latency;
  const place = workflowPlace(plan);
  if (!latency || !place) return;
  const promisedBy = (path: string): number => {
    const system = plan.operations[plan.steps[path]?.operation ?? '']?.system ?? '';
    return plan.systems[system]?.slo?.latency?.belowMs ?? timing.latencyMs;
  };
  const promised = longestWay(plan.flow, promisedBy);
  const isSure = timing.expectedMs > latency.belowMs;
  if (!isSure && promised.ms <= latency.belowMs) return;
  const way = isSure ? { ms: timing.expectedMs, path: timing.criticalPath } : promised;
  report('RSK017', places.of(place, ['x-interlock', 'slo', 'latency', 'below']), {
    workflowId: plan.workflowId,
    promise: `${latency.percentile} % within ${words(latency.belowMs)}`,
    takes: words(way.ms),
    path: way.path.map((path) => plan.steps[path]?.stepId ?? path),
    assumed: words(timing.latencyMs),
    isSure,
  });
};

/** What is cut off before it is too slow is a call without an answer, and never a slow one. */
export const sloNeverMissed: Risk = ({ plan, places, report }) => {
  for (const { name, slo } of Object.values(plan.systems)) {
    const timeouts = [...Object.values(plan.steps), ...Object.values(plan.calls)]
      .filter(({ operation }) => plan.operations[operation]?.system === name)
      .flatMap(({ timeoutsMs }) => timeoutsMs);
    const place = systemPlace(places, plan, name);
    const longest = Math.max(0, ...timeouts);
    if (!slo?.latency || !place || timeouts.length === 0 || slo.latency.belowMs < longest) continue;
    report('RSK018', places.of(place, ['x-interlock', 'slo', 'latency', 'below']), {
      system: name,
      below: words(slo.latency.belowMs),
      timeout: words(longest),
    });
  }
};
