/**
 * What a description promises (`slo`), by who promises it: a workflow of its runs, a system of its calls. One list for the
 * alarms, the dashboards and the report. How it is measured is lib/constructs/promise-metrics.ts.
 */
import { calledSystems } from './dependencies.ts';
import { durationText } from './duration.ts';
import type { Plan, PlanSlo } from './plan.ts';

export type Promised = { readonly slo: PlanSlo } & (
  | { readonly of: 'workflow'; readonly name: string }
  | { readonly of: 'system'; readonly name: string }
);

/** Workflows in their order, then the systems that are called, by name, each once. */
export function promisesOf(plans: readonly Plan[]): readonly Promised[] {
  const workflows = plans.flatMap(({ workflowId, slo }) =>
    slo ? [{ of: 'workflow' as const, name: workflowId, slo }] : [],
  );
  const systems = new Map(
    plans.flatMap((plan) =>
      calledSystems(plan).flatMap((name) => {
        const slo = plan.systems[name]?.slo;
        return slo ? [[name, slo] as const] : [];
      }),
    ),
  );
  const sorted = [...systems].sort(([one], [other]) => (one < other ? -1 : 1));
  return [...workflows, ...sorted.map(([name, slo]) => ({ of: 'system' as const, name, slo }))];
}

/** Every workflow says itself how many of its runs succeed: nobody has to assume it of all of them. */
export function everyWorkflowPromises(plans: readonly Plan[]): boolean {
  return plans.length > 0 && plans.every(({ slo }) => slo?.availability !== undefined);
}

/** `99.9 % succeed`, `95 % end within 5s`. */
export function promiseWords({ of, slo: { availability, latency } }: Promised): readonly string[] {
  const [well, inTime] = of === 'workflow' ? ['succeed', 'end'] : ['are answered', 'are answered'];
  return [
    ...(availability === undefined ? [] : [`${percent(availability)} ${well}`]),
    ...(latency ? [`${latency.percentile} % ${inTime} within ${durationText(latency.belowMs)}`] : []),
  ];
}

/** Of a share, as people write it: four nines are told from five. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))} %`;
}

/** The share that may be otherwise, of each thing that is promised. */
export function budgetOf(slo: PlanSlo, what: 'availability' | 'latency'): number | undefined {
  if (what === 'latency') return slo.latency && Number((1 - slo.latency.percentile / 100).toFixed(8));
  return slo.availability === undefined ? undefined : Number((1 - slo.availability).toFixed(8));
}
