/** What the engine holds an Express machine to: its five minutes, and what the service has for Standard machines only. */
import { describe, expect, it } from 'vitest';
import type { State, StateMachineDefinition } from '../../../lib/model/asl.ts';
import { MemoryLog } from '../../../lib/engine/memory-log.ts';
import { engineHarness, newClock } from '../../support/engine-harness.ts';

function machineOf(states: { readonly [name: string]: State }, rest: object = {}): StateMachineDefinition {
  const [StartAt = ''] = Object.keys(states);
  return { QueryLanguage: 'JSONata', StartAt, States: states, ...rest };
}

const WAITING = machineOf({ W: { Type: 'Wait', Seconds: 400, End: true } });

describe('an Express machine', () => {
  it.each([
    ['says nothing', WAITING],
    ['would take longer', machineOf(WAITING.States, { TimeoutSeconds: 4_000 })],
  ])('is over after five minutes where it %s', async (_, definition) => {
    const { engine, clock } = engineHarness();
    const before = clock.now();
    engine.register('quick', definition, 'EXPRESS');
    const { executionId } = await clock.runUntil(engine.start({ machine: 'quick', name: 'one' }));
    expect(await clock.runUntil(engine.result(executionId))).toMatchObject({ status: 'TIMED_OUT' });
    expect(clock.now() - before).toBe(300_000);
  });

  it('keeps the shorter time that it gives itself, and a Standard one has as long as it takes', async () => {
    const { engine, clock } = engineHarness();
    engine.register('short', machineOf(WAITING.States, { TimeoutSeconds: 20 }), 'EXPRESS');
    const short = await clock.runUntil(engine.start({ machine: 'short', name: 'one' }));
    const before = clock.now();
    await clock.runUntil(engine.result(short.executionId));
    expect(clock.now() - before).toBe(20_000);
    engine.register('long', WAITING);
    const long = await clock.runUntil(engine.start({ machine: 'long', name: 'one' }));
    expect(await clock.runUntil(engine.result(long.executionId))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('has its five minutes also when the next process goes on with it', async () => {
    const [log, clock] = [new MemoryLog(), newClock()];
    const first = engineHarness({ log, clock });
    first.engine.register('quick', WAITING, 'EXPRESS');
    const { executionId } = await clock.runUntil(first.engine.start({ machine: 'quick', name: 'one' }));
    await clock.advance(100_000);
    first.engine.close();
    const second = engineHarness({ log, clock });
    await second.engine.recover();
    const before = clock.now();
    expect(await clock.runUntil(second.engine.result(executionId))).toMatchObject({ status: 'TIMED_OUT' });
    expect(clock.now() - before).toBe(200_000);
  });

  const call = (Resource: string): State => ({ Type: 'Task', Resource, Arguments: {}, End: true });

  it.each([
    ['a token', 'arn:aws:states:::lambda:invoke.waitForTaskToken', "'.waitForTaskToken' service integration"],
    ['the end of a job', 'arn:aws:states:::states:startExecution.sync:2', "'.sync' service integration"],
    ['an activity', 'arn:aws:states:local:000000000000:activity:a', 'Activity ARN'],
  ])('does not wait for %s, wherever it stands', (_, resource, what) => {
    const { engine } = engineHarness();
    const branch = { StartAt: 'T', States: { T: call(resource) } };
    const machines = [
      machineOf(branch.States),
      machineOf({ P: { Type: 'Parallel', Branches: [branch], End: true } }),
      machineOf({ M: { Type: 'Map', Items: [1], ItemProcessor: branch, End: true } }),
    ];
    for (const machine of machines) {
      expect(() => engine.register('quick', machine, 'EXPRESS')).toThrow(`does not support ${what} at /States/`);
      expect(() => engine.register('slow', machine)).not.toThrow();
    }
  });

  it('has no Distributed Map', () => {
    const ItemProcessor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      StartAt: 'T',
      States: { T: { Type: 'Succeed' } },
    } as const;
    const { engine } = engineHarness();
    const machine = machineOf({ M: { Type: 'Map', Items: [1], ItemProcessor, End: true } });
    expect(() => engine.register('quick', machine, 'EXPRESS')).toThrow(
      "does not support 'DISTRIBUTED' mode at /States/M",
    );
  });
});
