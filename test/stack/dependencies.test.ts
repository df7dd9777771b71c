/** Systems that others depend on, in a template: who gets a function, who may invoke it, and what alarms say. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import type { PlanSystem } from '../../lib/model/plan.ts';
import { describedAt, readableId, resourcesOf, templateOf } from '../support/synthesised.ts';

type Template = Awaited<ReturnType<typeof templateOf>>;

let plain: DescribedIntegration;

beforeAll(async () => {
  plain = await describedAt('test/stack/refunds');
}, 60_000);

const PATH: NonNullable<PlanSystem['health']> = { path: '/health', everyMs: 300_000, timeoutMs: 5_000 };

/** Payments depend on a vault that no step calls. */
function depending(health?: PlanSystem['health']): DescribedIntegration {
  const workflows = plain.workflows.map((one) => {
    const { payments } = one.plan.systems;
    if (!payments) return one;
    const vault: PlanSystem = { name: 'vault', title: 'Vault', servers: payments.servers, securitySchemes: {} };
    const systems = {
      ...one.plan.systems,
      payments: { ...payments, dependsOn: ['vault'] },
      vault: { ...vault, ...(health && { health }) },
    };
    return { ...one, plan: { ...one.plan, systems } };
  });
  return { ...plain, workflows };
}

const idsOf = (template: Template, type: string): readonly string[] =>
  [...resourcesOf(template, type).keys()].map(readableId);

describe('a system that is only depended on', () => {
  it('has a function and alarms where it can be asked after its health, and nothing where it cannot', async () => {
    const [asked, unasked] = [await templateOf(depending(PATH)), await templateOf(depending())];
    expect(idsOf(asked, 'AWS::Lambda::Function')).toContain('RefundsCallVaultFunction');
    expect(idsOf(asked, 'AWS::CloudWatch::Alarm')).toContain('RefundsWatchUnwellVault');
    const all = [...resourcesOf(unasked).keys()].filter((id) => id.includes('Vault'));
    expect(all).toEqual([]);
  });

  it('is invoked by no machine', async () => {
    const template = await templateOf(depending(PATH));
    const machines = [...resourcesOf(template, 'AWS::StepFunctions::StateMachine').values()];
    const roles = [...resourcesOf(template, 'AWS::IAM::Policy')].filter(([id]) => id.includes('Machine'));
    expect(roles.length).toBeGreaterThan(0);
    expect(JSON.stringify([...machines, ...roles])).not.toContain('Vault');
  });

  it('is named by the alarms of the system that depends on it', async () => {
    const template = await templateOf(depending(PATH));
    const said = [...resourcesOf(template, 'AWS::CloudWatch::Alarm')].flatMap(([id, { Properties }]) =>
      /UnwellPayments|BreakerOpenPayments/.test(id) ? [String(Properties['AlarmDescription'])] : [],
    );
    expect(said).toHaveLength(2);
    for (const one of said) expect(one).toMatch(/ It depends on vault: look there first\.$/);
  });
});
