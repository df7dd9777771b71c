/** The state that undoes: it waits for whatever an entry of a wave may take, a bundle of a list's items included. */
import { describe, expect, it } from 'vitest';
import type { MapState, TaskState } from '../../../lib/model/asl.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import { settlementStates } from '../../../lib/emit/settlement.ts';
import { listPlan } from '../../support/list-fixture.ts';
import { callOf, planOf, stepOf, undoOf } from '../../support/plan-fixture.ts';

function undoSeconds(plan: Plan): TaskState['TimeoutSeconds'] {
  const wave = settlementStates(plan)['Undo wave'] as MapState;
  return (wave.ItemProcessor.States['Undo'] as TaskState).TimeoutSeconds;
}

describe('the state that undoes', () => {
  it('waits for the lease of the longest call, and a little longer', () => {
    const plan = planOf({
      steps: [stepOf({ path: 'ship', undo: undoOf('ship') })],
      calls: [callOf({ path: 'ship#undo', leaseMs: 90_000 })],
    });
    expect(undoSeconds(plan)).toBe(95);
  });

  it('waits for the minute in which a bundle begins its calls, where the plan has a list', () => {
    expect(undoSeconds(listPlan())).toBe(125);
  });
});
