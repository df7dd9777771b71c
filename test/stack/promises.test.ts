/** What a description promises, as alarms and on dashboards: by which metrics, how many, and what they say. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import type { Plan, PlanSlo } from '../../lib/model/plan.ts';
import { permissionsOf } from '../support/permissions.ts';
import { describedAt, readableId, resourcesOf, templateOf } from '../support/synthesised.ts';

const DAYS_30 = 30 * 86_400_000;
const BOTH: PlanSlo = {
  availability: 0.999,
  latency: { percentile: 95, belowMs: 5_000 },
  windowMs: DAYS_30,
};

let plain: DescribedIntegration;

beforeAll(async () => {
  plain = await describedAt('test/stack/refunds');
}, 60_000);

interface Promising {
  readonly workflows?: { readonly [workflowId: string]: PlanSlo };
  readonly systems?: { readonly [name: string]: PlanSlo };
}

function promising({ workflows = {}, systems = {} }: Promising): DescribedIntegration {
  const promised = (plan: Plan): Plan => ({
    ...plan,
    ...(workflows[plan.workflowId] && { slo: workflows[plan.workflowId] }),
    systems: Object.fromEntries(
      Object.entries(plan.systems).map(([name, system]) => [
        name,
        { ...system, ...(systems[name] && { slo: systems[name] }) },
      ]),
    ),
  });
  return { ...plain, workflows: plain.workflows.map((one) => ({ ...one, plan: promised(one.plan) })) };
}

type Template = Awaited<ReturnType<typeof templateOf>>;

const alarmIds = (template: Template): readonly string[] =>
  ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    [...resourcesOf(template, type).keys()].map((id) => readableId(id).replace('RefundsWatch', '')),
  );

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Stat: string;
    readonly Period: number;
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly { readonly Value: string }[] };
  };
}

function alarm(template: Template, id: string): JsonObject {
  const all = [
    ...resourcesOf(template, 'AWS::CloudWatch::Alarm'),
    ...resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm'),
  ];
  const [, found] = all.find(([logicalId]) => readableId(logicalId) === `RefundsWatch${id}`) ?? [];
  if (!found) throw new Error(`the template has an alarm ${id}`);
  return found.Properties;
}

function queries(template: Template, id: string): readonly Query[] {
  return alarm(template, id)['Metrics'] as unknown as readonly Query[];
}

function seen(all: readonly Query[]): readonly string[] {
  return all
    .flatMap(({ MetricStat: stat }) =>
      stat
        ? [
            `${stat.Metric.MetricName} ${stat.Stat}/${stat.Period} ${stat.Metric.Dimensions.map(({ Value }) => Value).join(' ')}`,
          ]
        : [],
    )
    .sort();
}

describe('what a workflow promises', () => {
  it('is watched by the ends of its runs and by how many of them end in time, over two windows each', async () => {
    const template = await templateOf(promising({ workflows: { refund: BOTH } }));
    expect(seen(queries(template, 'RunsFastBurnRefund60'))).toEqual([
      'RunMs PR(:5000)/3600 refunds refund',
      'RunMs SampleCount/3600 refunds refund',
      'RunsCompensated Sum/3600 refunds refund',
      'RunsFailed Sum/3600 refunds refund',
      'RunsNeedingAttention Sum/3600 refunds refund',
      'RunsSucceeded Sum/3600 refunds refund',
    ]);
    const [expression] = queries(template, 'RunsFastBurnRefund60').flatMap(({ Expression }) => Expression ?? []);
    // 14.4 times 0.1 % of runs that fail, and 14.4 times 5 % that are slow.
    expect(expression).toMatch(/, 0\) \/ 0\.0144\b/);
    expect(expression).toMatch(/1 - FILL\(intime,100\) \/ 100, 0\) \/ 0\.72\b/);
    expect(alarm(template, 'RunsFastBurnRefund')['AlarmDescription']).toBe(
      'Runs of refunds refund break their promise (99.9 % succeed, 95 % end within 5s) 14.4 times as fast as it allows.',
    );
    expect(JSON.stringify(alarm(template, 'RunsSlowBurnRefund')['AlarmRule'])).toMatch(/SlowBurnRefund30.* AND .*360/);
    expect(alarm(template, 'RunsFastBurnRefund60')).toMatchObject({ Threshold: 1, TreatMissingData: 'notBreaching' });
  });

  it('has six alarms, however many things are promised, and no rights', async () => {
    const before = await templateOf(plain);
    const one: PlanSlo = { availability: 0.99, windowMs: DAYS_30 };
    const [few, many] = [
      await templateOf(promising({ workflows: { refund: one } })),
      await templateOf(promising({ workflows: { refund: BOTH } })),
    ];
    for (const template of [few, many]) {
      expect(
        alarmIds(template)
          .filter((id) => !alarmIds(before).includes(id))
          .sort(),
      ).toEqual([
        'RunsFastBurnRefund',
        'RunsFastBurnRefund5',
        'RunsFastBurnRefund60',
        'RunsSlowBurnRefund',
        'RunsSlowBurnRefund30',
        'RunsSlowBurnRefund360',
      ]);
      expect([...permissionsOf(template)]).toEqual([...permissionsOf(before)]);
    }
  });

  it('stands in place of what is assumed of all runs, where every workflow promises an availability', async () => {
    const one: PlanSlo = { availability: 0.9, windowMs: DAYS_30 };
    const some = await templateOf(promising({ workflows: { refund: one } }));
    expect(alarmIds(some)).toContain('FastBurn');
    const every = await templateOf(promising({ workflows: { refund: one, audit: one } }));
    expect(alarmIds(every)).not.toContain('FastBurn');
    const quick: PlanSlo = { latency: { percentile: 99, belowMs: 1_000 }, windowMs: DAYS_30 };
    const latencies = await templateOf(promising({ workflows: { refund: quick, audit: quick } }));
    expect(alarmIds(latencies)).toContain('FastBurn');
  });

  it('rings at a share that there can be, also where much may fail', async () => {
    const half: PlanSlo = { availability: 0.5, windowMs: DAYS_30 };
    const template = await templateOf(promising({ workflows: { refund: half } }));
    const [expression] = queries(template, 'RunsFastBurnRefund5').flatMap(({ Expression }) => Expression ?? []);
    expect(expression).toMatch(/ \/ 0\.999$/);
  });

  it('rings the sooner the shorter its window is', async () => {
    const week: PlanSlo = { availability: 0.99, windowMs: 7 * 86_400_000 };
    const template = await templateOf(promising({ workflows: { refund: week } }));
    expect(alarm(template, 'RunsFastBurnRefund')['AlarmDescription']).toContain('3.36 times as fast');
    expect(alarm(template, 'RunsSlowBurnRefund')['AlarmDescription']).toContain('1.4 times as fast');
  });
});

describe('what a system promises', () => {
  it('is watched by its calls without an answer, but for those that were held back, and by their times', async () => {
    const template = await templateOf(promising({ systems: { payments: BOTH } }));
    const all = queries(template, 'CallsSlowBurnPayments360');
    expect(seen(all)).toEqual([
      'Attempts Sum/21600 refunds payments',
      'BreakerOpen Sum/21600 refunds payments',
      'LatencyMs PR(:5000)/21600 refunds payments',
      'LatencyMs SampleCount/21600 refunds payments',
      'OutcomesInDoubt Sum/21600 refunds payments',
      'OutcomesNotSent Sum/21600 refunds payments',
    ]);
    const [expression] = all.flatMap(({ Expression }) => Expression ?? []);
    expect(expression).toContain('(FILL(doubt,0) + FILL(unsent,0) - FILL(held,0))');
    expect(alarm(template, 'CallsSlowBurnPayments')['AlarmDescription']).toBe(
      'Calls of refunds to payments break their promise (99.9 % are answered, 95 % are answered within 5s) 6 times as fast as it allows.',
    );
  });

  it('is shown with what is left of it, on the dashboard of the system', async () => {
    const template = await templateOf(promising({ systems: { payments: BOTH } }));
    const dashboards = [...resourcesOf(template, 'AWS::CloudWatch::Dashboard')];
    const texts = dashboards.map(([id, { Properties }]) => [readableId(id), JSON.stringify(Properties)] as const);
    const having = texts.filter(([, text]) => text.includes('percent left of what may fail in 30 days'));
    expect(having.map(([id]) => id)).toEqual(['RefundsWatchSystemPayments']);
    expect(having[0]?.[1]).toContain('-P30D');
  });
});

describe('many promises', () => {
  it('are lit by lights between, since one rule takes so many alarms', async () => {
    const [first, ...others] = plain.workflows;
    if (!first) throw new Error('the example has a workflow');
    const systems = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `system${index}`,
        { ...Object.values(first.plan.systems)[0], name: `system${index}`, slo: BOTH },
      ]),
    ) as Plan['systems'];
    const { plan: known } = first;
    const [step] = Object.values(known.steps);
    const operation = known.operations[step?.operation ?? ''];
    if (!step || !operation) throw new Error('the example calls something');
    const calls = Object.keys(systems).map((name) => [`${name}#call`, { ...step, operation: name }] as const);
    const operations = Object.keys(systems).map((name) => [name, { ...operation, key: name, system: name }] as const);
    const plan = {
      ...known,
      systems: { ...known.systems, ...systems },
      calls: { ...known.calls, ...Object.fromEntries(calls) },
      operations: { ...known.operations, ...Object.fromEntries(operations) },
    };
    const template = await templateOf({ ...plain, workflows: [{ ...first, plan }, ...others] });
    const rules = [...resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm')].map(
      ([id, { Properties }]) =>
        [readableId(id), [...JSON.stringify(Properties['AlarmRule']).matchAll(/ALARM\(/g)].length] as const,
    );
    expect(Math.max(...rules.map(([, count]) => count))).toBeLessThanOrEqual(50);
    const lights = rules.filter(([id]) => /^RefundsWatchAlarm\d*$/.test(id));
    expect(lights.map(([id]) => id).sort()).toEqual(['RefundsWatchAlarm', 'RefundsWatchAlarm1', 'RefundsWatchAlarm2']);
  });
});
