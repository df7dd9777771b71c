/** How the run API's function begins runs of an express workflow: when it waits for the execution, and when it does not begin again. */
import { describe, expect, it } from 'vitest';
import { deployedWorkflows } from '../../../lib/aws/api-ports.ts';
import type { OperatorPorts } from '../../../lib/runtime/operator/action.ts';
import type { StartAnswer } from '../../../lib/runtime/run.ts';
import { CallHarness } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { PLAN_HASH, planOf, stepOf } from '../../support/plan-fixture.ts';

type Plan = ReturnType<typeof planOf>;

interface Beginning {
  readonly harness: CallHarness;
  /** What was asked of Step Functions. */
  readonly asked: string[];
  readonly start: (waitMs?: number) => Promise<StartAnswer>;
}

function planWith(mode: Plan['mode'], deadlineMs: number): Plan {
  return planOf({ steps: [stepOf({ path: 'quote', leaseMs: 4_000 })], rest: { mode, deadlineMs } });
}

function beginning(plan: Plan): Beginning {
  const harness = new CallHarness(plan);
  const asked: string[] = [];
  const executions: OperatorPorts['executions'] = {
    ...operating(harness).ports.executions,
    start: async ({ run }) => void asked.push(`start ${run}`),
    startAndWait: async ({ run }) => void asked.push(`wait ${run}`),
  };
  const operator: OperatorPorts = { ...harness.ports, executions };
  const planned = { plan, planHash: PLAN_HASH };
  const workflows = deployedWorkflows([planned], operator, { keep: async () => undefined });
  const request = { ...planned, input: {}, actor: 'ann', runId: 'r1' };
  return { harness, asked, start: (waitMs) => workflows.start(request, waitMs) };
}

describe('a run of an express workflow', () => {
  it('is waited for by its execution where it ends within the wait, and begun and looked at where it may not', async () => {
    // Ten seconds, the step that begins last, and the end of the run.
    const quick = planWith('express', 10_000);
    for (const [waitMs, asked] of [
      [24_000, 'wait r1'],
      [23_999, 'start r1'],
      [undefined, 'start r1'],
    ] as const) {
      const begun = beginning(quick);
      expect(await begun.start(waitMs)).toMatchObject({ kind: 'started' });
      expect(begun.asked).toEqual([asked]);
    }
  });

  it('is not begun again for a caller that asks again, once an effect of it has begun', async () => {
    const begun = beginning(planWith('express', 10_000));
    await begun.start();
    expect(await begun.start()).toMatchObject({ kind: 'exists' });
    // Nobody can say whether it goes on; beginning twice is harmless.
    expect(begun.asked).toEqual(['start r1', 'start r1']);
    const intent = { key: { step: 'quote', visit: 1, gen: 0 }, epoch: 1, at: begun.harness.clock.now(), nonce: 'n' };
    const leaseUntil = intent.at + 4_000;
    await begun.harness.journal.intend('r1', { ...intent, leaseUntil }, { execution: 'arn:express:1' });
    expect(await begun.start(25_000)).toMatchObject({ kind: 'exists' });
    expect(begun.asked).toHaveLength(2);
  });

  it('of a standard one is begun under its one name, however long anybody waits', async () => {
    const begun = beginning(planWith('standard', 10_000));
    await begun.start(25_000);
    expect(begun.asked).toEqual(['start r1']);
  });
});
