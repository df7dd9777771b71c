import { ExecutionAlreadyExists, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { executionEvent } from '../../../lib/aws/execution-event.ts';
import { StepFunctionsExecutions } from '../../../lib/aws/executions.ts';
import { planOf, stepOf } from '../../support/plan-fixture.ts';

const MACHINES = 'arn:states:stateMachine:Shop-';
const INPUT = { run: 'order-1', epoch: 2, plan: 'plan-1' };

function executions(
  answer: () => unknown = () => ({}),
  mode: 'standard' | 'express' = 'standard',
): {
  readonly executions: StepFunctionsExecutions;
  readonly sent: unknown[];
} {
  const sent: unknown[] = [];
  const client = {
    send: async (command: { readonly input: unknown }): Promise<unknown> => {
      sent.push(command.input);
      return answer();
    },
  };
  const plan = planOf({ steps: [stepOf({ path: 'pay' })], rest: { mode } });
  return {
    // The client's own type has an overload for every command of the service.
    executions: new StepFunctionsExecutions({
      client: client as never,
      machines: MACHINES,
      plans: { plan: () => Promise.resolve(plan) },
    }),
    sent,
  };
}

function thrown(failure: Error): () => never {
  return () => {
    throw failure;
  };
}

describe('executions on Step Functions', () => {
  it('have names that make starting idempotent, and the input of every execution of a run', async () => {
    const { executions: started, sent } = executions();
    await started.start(INPUT);
    await started.startUndo(INPUT, 3);
    const input = JSON.stringify(INPUT);
    expect(sent).toEqual([
      { stateMachineArn: 'arn:states:stateMachine:Shop-run-order', name: 'order-1-2', input },
      { stateMachineArn: 'arn:states:stateMachine:Shop-undo-order', name: 'order-1-2-undo-3', input },
    ]);
  });

  it('that exist already are started', async () => {
    const exists = thrown(new ExecutionAlreadyExists({ message: 'there', $metadata: {} }));
    await expect(executions(exists).executions.start(INPUT)).resolves.toBeUndefined();
    await expect(executions(thrown(new Error('throttled'))).executions.start(INPUT)).rejects.toThrow('throttled');
  });

  it('are stopped with the reason; one that is gone is over', async () => {
    const { executions: stopping, sent } = executions();
    await stopping.stop(INPUT, { error: 'Interlock.Cancelled', cause: 'ann' });
    const executionArn = 'arn:states:execution:Shop-run-order:order-1-2';
    expect(sent).toEqual([{ executionArn, error: 'Interlock.Cancelled', cause: 'ann' }]);
    const gone = executions(thrown(new ExecutionDoesNotExist({ message: 'gone', $metadata: {} })));
    await expect(gone.executions.stop(INPUT, { error: 'E', cause: 'c' })).resolves.toBeUndefined();
  });
});

describe('express executions on Step Functions', () => {
  it('are begun as often as they are started, and waited for where somebody wants to', async () => {
    const { executions: started, sent } = executions(() => ({ status: 'FAILED' }), 'express');
    await started.start(INPUT);
    await started.startAndWait(INPUT);
    const same = {
      stateMachineArn: 'arn:states:stateMachine:Shop-express-order',
      name: 'order-1-2',
      input: JSON.stringify(INPUT),
    };
    expect(sent).toEqual([same, same]);
  });

  it('cannot be stopped: their undo machine is begun, under the name that they hand over to', async () => {
    const { executions: stopping, sent } = executions(undefined, 'express');
    await stopping.stop(INPUT, { error: 'Interlock.Cancelled', cause: 'ann' });
    const input = JSON.stringify(INPUT);
    expect(sent).toEqual([
      { stateMachineArn: 'arn:states:stateMachine:Shop-undo-order', name: 'order-1-2-undo-0', input },
    ]);
  });
});

describe('an event of an ended execution', () => {
  it('names its run by the input of the execution', () => {
    const detail = { input: JSON.stringify(INPUT), executionArn: 'arn:e' };
    expect(executionEvent({ detail })).toEqual({ run: 'order-1', epoch: 2, execution: 'arn:e' });
  });

  it('is nobody’s where the input is not a run’s', () => {
    const inputs = [
      '{"run":1,"epoch":1,"plan":"p"}',
      '{"run":"r","epoch":1.5,"plan":"p"}',
      '[]',
      'null',
      '{',
      undefined,
    ];
    for (const input of inputs) {
      expect(executionEvent({ detail: { input, executionArn: 'arn:e' } })).toBeUndefined();
    }
    expect(executionEvent(null)).toBeUndefined();
  });
});
