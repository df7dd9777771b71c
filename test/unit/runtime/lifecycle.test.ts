import { describe, expect, it } from 'vitest';
import { afterExecution } from '../../../lib/runtime/lifecycle.ts';
import type { OperatorPorts } from '../../../lib/runtime/operator/action.ts';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { undoRun } from '../../../lib/runtime/operator/resume.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { passing, refusing, running, undone } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

/** What follows the end of an execution. Numbers in brackets: run-contract section 12. */
const BY = { run: RUN, actor: 'ann' } as const;

/** The undo machines that were started, by their number. */
function watching(harness: CallHarness): { readonly ports: OperatorPorts; readonly undos: number[] } {
  const undos: number[] = [];
  const executions: OperatorPorts['executions'] = {
    start: () => Promise.resolve(),
    startUndo: async (_, number) => void undos.push(number),
    stop: () => Promise.resolve(),
  };
  return { ports: { ...harness.ports, executions }, undos };
}

function ended(ports: OperatorPorts, epoch = 1): ReturnType<typeof afterExecution> {
  return afterExecution({ run: RUN, epoch, execution: 'exec-1' }, ports);
}

describe('the end of an execution', () => {
  it('of a run that has not ended, however it was brought about, has the undo machine settle it [18]', async () => {
    const harness = await running();
    await passing(harness, 'reserve', 'pay');
    const { ports, undos } = watching(harness);
    expect(await ended(ports)).toBe('settling');
    expect(undos).toEqual([1]);
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/pay-1', '/v1/reserve/reserve-1']);
  });

  it('of a run that has ended undoes nothing, also when the event comes late or twice [13]', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await harness.core({ op: 'close', scope: '' });
    const { ports, undos } = watching(harness);
    expect([await ended(ports), await ended(ports)]).toEqual(['over', 'over']);
    expect(undos).toEqual([]);
    expect((await harness.journal.header(RUN))?.phase).toBe('succeeded');
  });

  it('of an earlier epoch does not touch the run that was opened again [14]', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    await harness.settled();
    const { ports, undos } = watching(harness);
    expect(await retry(BY, ports)).toMatchObject({ kind: 'retried', epoch: 2 });
    expect(await ended(ports, 1)).toBe('over');
    expect(undos).toEqual([]);
    expect((await harness.journal.header(RUN))?.phase).toBe('forward');
  });

  it('without an end of the run is followed by five settlements an hour, and by further ones later', async () => {
    const harness = await running();
    const { ports, undos } = watching(harness);
    for (let time = 0; time < 7; time += 1) {
      await ended(ports);
      harness.clock.pass(60_000);
    }
    expect(undos).toEqual([1, 2, 3, 4, 5]);
    harness.clock.pass(3_600_000);
    expect(await ended(ports)).toBe('settling');
    expect(undos.at(-1)).toBe(6);
  });

  it('is followed by a settlement however often an operator has asked for one before', async () => {
    const harness = await running();
    harness.http.on('/v1/pay/pay-1', answered(409));
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.settled();
    const { ports, undos } = watching(harness);
    for (let time = 0; time < 6; time += 1) {
      await undoRun(BY, ports);
      await harness.settled();
    }
    expect(await resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).toMatchObject({ kind: 'resolved' });
    expect(await ended(ports)).toBe('settling');
    expect(undos).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('an operator who asks for the undo of a run that compensates', () => {
  it('gives it another execution, which goes on where the lost one stopped', async () => {
    const harness = await running();
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' });
    const { ports, undos } = watching(harness);
    expect(await undoRun(BY, ports)).toEqual({ kind: 'resumed' });
    expect(undos).toEqual([1]);
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/pay-1', '/v1/reserve/reserve-1']);
  });

  it('is refused where the run goes forward or is over', async () => {
    const harness = await running();
    const { ports } = watching(harness);
    expect(await undoRun(BY, ports)).toMatchObject({ code: 'not-now', why: `The run ${RUN} is running` });
    await harness.core({ op: 'close', scope: '' });
    expect(await undoRun(BY, ports)).toMatchObject({ code: 'not-now', why: `The run ${RUN} is over: succeeded` });
  });
});

describe('the end of an express execution', () => {
  it('leads to the settlement that it hands its run over to, however often it is told of', async () => {
    const harness = await running({ mode: 'express' });
    await passing(harness, 'reserve');
    const { ports, undos } = watching(harness);
    expect([await ended(ports), await ended(ports)]).toEqual(['settling', 'settling']);
    expect(undos).toEqual([0, 0]);
  });

  it('of its undo machine leads to the next one, as everywhere', async () => {
    const harness = await running({ mode: 'express' });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    const { ports, undos } = watching(harness);
    const execution = `arn:aws:states:eu-central-1:1:execution:undo:${RUN}-1-undo-0`;
    expect(await afterExecution({ run: RUN, epoch: 1, execution }, ports)).toBe('settling');
    expect(undos).toEqual([1]);
  });

  it('is told from that of an undo machine also where the run is called like one', async () => {
    const harness = await running({ mode: 'express' });
    const { ports, undos } = watching(harness);
    const execution = `arn:aws:states:eu-central-1:1:express:main:x-undo-1:0a1b`;
    expect(await afterExecution({ run: RUN, epoch: 1, execution }, ports)).toBe('settling');
    expect(undos).toEqual([0]);
  });

  it('of a run that has ended undoes nothing', async () => {
    const harness = await running({ mode: 'express' });
    await passing(harness, 'reserve');
    await harness.core({ op: 'close', scope: '' });
    const { ports, undos } = watching(harness);
    expect(await ended(ports)).toBe('over');
    expect(undos).toEqual([]);
  });
});
