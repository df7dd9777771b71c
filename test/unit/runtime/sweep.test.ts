/** What the sweeper moves, what it leaves alone, and what it calls stuck: by the journal and the state of executions alone. */
import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../../lib/runtime/ports/execution-states.ts';
import { sweep, type SweepPorts, type SweptRun } from '../../../lib/runtime/upkeep/sweep.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { operating, type Started } from '../../support/operator-ports.ts';
import { passing, refusing, running } from '../../support/saga-fixture.ts';

const HOUR = 3_600_000;

interface Sweeping {
  readonly ports: SweepPorts;
  readonly started: Started[];
  readonly swept: () => Promise<readonly SweptRun[]>;
}

/** All executions of the run are in this state. */
function sweeping(harness: CallHarness, state: ExecutionState): Sweeping {
  const { ports: operator, started } = operating(harness);
  const ports: SweepPorts = {
    ...operator,
    openRuns: { due: () => Promise.resolve([RUN]) },
    states: {
      of: (_, settlement) => Promise.resolve({ state: settlement === undefined ? state : 'none', id: 'exec-1' }),
    },
  };
  return { ports, started, swept: () => sweep(ports, { runs: 10 }) };
}

describe('the sweeper', () => {
  it('starts what was recorded a minute ago and never began, under the name that it would have had', async () => {
    const harness = await running();
    const { swept, started } = sweeping(harness, 'none');
    expect(await swept()).toEqual([]);
    harness.clock.pass(60_000);
    expect(await swept()).toMatchObject([{ run: RUN, what: 'started' }]);
    expect(started).toEqual([{ what: 'start', epoch: 1 }]);
  });

  it('leaves a run alone whose execution goes on, before its deadline and for a while after it', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { swept, started } = sweeping(harness, 'running');
    for (const ms of [60_000, HOUR]) {
      harness.clock.pass(ms);
      expect(await swept()).toEqual([]);
    }
    expect(started).toEqual([]);
  });

  it('wakes what sleeps through its deadline: the fence goes up and the execution is stopped', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { swept, started } = sweeping(harness, 'running');
    harness.clock.pass(2 * HOUR);
    expect(await swept()).toMatchObject([{ run: RUN, what: 'woken' }]);
    expect(started).toEqual([{ what: 'stop', epoch: 1 }]);
    expect(await harness.journal.header(RUN)).toMatchObject({ phase: 'fenced', error: { error: 'States.Timeout' } });
  });

  it('settles a run whose execution is over and whose end nobody was told of, once it is due', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { swept, started } = sweeping(harness, 'over');
    expect(await swept()).toEqual([]);
    harness.clock.pass(2 * HOUR);
    expect(await swept()).toMatchObject([{ what: 'settled' }]);
    expect(started).toEqual([{ what: 'undo', epoch: 1, number: 1 }]);
  });

  it('waits as long as a compensation may sleep, and then calls it stuck', async () => {
    const harness = await running();
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.core({ op: 'settle', why: 'E' });
    const { swept } = sweeping(harness, 'running');
    harness.clock.pass(HOUR);
    expect(await swept()).toEqual([]);
    harness.clock.pass(HOUR);
    expect(await swept()).toMatchObject([{ what: 'stuck', workflow: expect.any(String) }]);
  });

  it('gives up on a run that was settled several times without an end, and names it', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { swept, started } = sweeping(harness, 'over');
    harness.clock.pass(2 * HOUR);
    for (let turn = 0; turn < 5; turn += 1) await swept();
    expect(await swept()).toMatchObject([{ what: 'stuck' }]);
    expect(started.filter(({ what }) => what === 'undo')).toHaveLength(5);
  });

  it('goes on with the others where one run cannot be looked at, and says so', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    harness.clock.pass(2 * HOUR);
    const { ports } = sweeping(harness, 'over');
    const header = ports.journal.header.bind(ports.journal);
    harness.journal.header = (run) => (run === 'broken' ? Promise.reject(new Error('no such partition')) : header(run));
    const openRuns = { due: () => Promise.resolve(['broken', RUN]) };
    expect(await sweep({ ...ports, openRuns }, { runs: 10 })).toMatchObject([{ run: RUN, what: 'settled' }]);
    expect(harness.log).toContainEqual(expect.objectContaining({ level: 'error', run: 'broken' }));
  });

  it('leaves alone what an index still calls open and what is over', async () => {
    const harness = await running();
    harness.journal.change(RUN, { phase: 'succeeded' });
    harness.clock.pass(2 * HOUR);
    expect(await sweeping(harness, 'over').swept()).toEqual([]);
  });
});

describe('the sweeper of express runs', () => {
  /** Only the undo machine that it was handed over to can be looked at. */
  function express(harness: CallHarness, handedOver: ExecutionState): Sweeping {
    const { ports: operator, started } = operating(harness);
    const ports: SweepPorts = {
      ...operator,
      openRuns: { due: () => Promise.resolve([RUN]) },
      states: {
        of: async (_, settlement) => {
          if (settlement === undefined) throw new Error('an express execution cannot be described');
          return { state: settlement === 0 ? handedOver : 'none', id: `arn:x:${RUN}-1-undo-${settlement}` };
        },
      },
    };
    return { ports, started, swept: () => sweep(ports, { runs: 10 }) };
  }

  it('begins once more what has begun nothing yet: who begins twice is answered from the journal', async () => {
    const harness = await running({ mode: 'express' });
    const { swept, started } = express(harness, 'none');
    expect(await swept()).toEqual([]);
    harness.clock.pass(60_000);
    expect(await swept()).toMatchObject([{ run: RUN, what: 'started' }]);
    expect(started).toEqual([{ what: 'start', epoch: 1 }]);
  });

  it('leaves alone what has begun, until its execution must be over, and then hands it over', async () => {
    const harness = await running({ mode: 'express' });
    await harness.call('reserve', { exec: 'arn:exec-1' });
    const { swept, started } = express(harness, 'none');
    for (const ms of [60_000, 180_000, 59_000]) {
      harness.clock.pass(ms);
      expect(await swept()).toEqual([]);
    }
    harness.clock.pass(2_000);
    expect(await swept()).toMatchObject([{ run: RUN, what: 'settled' }]);
    expect(started).toEqual([{ what: 'undo', epoch: 1, number: 0 }]);
  });

  it('begins nothing after the deadline, and nothing under another machine than its plan’s', async () => {
    const harness = await running({ mode: 'express' });
    const { ports, started } = express(harness, 'none');
    const executions = { ...ports.executions, superseded: () => Promise.resolve(true) };
    harness.clock.pass(61_000);
    expect(await sweep({ ...ports, executions }, { runs: 10 })).toEqual([]);
    harness.clock.pass(180_000);
    expect(await sweep(ports, { runs: 10 })).toEqual([]);
    expect(started).toEqual([]);
  });

  it('leaves a run to the undo machine that goes on, and settles anew what that one has left', async () => {
    const harness = await running({ mode: 'express' });
    await harness.call('reserve', { exec: 'arn:exec-1' });
    await refusing(harness, 'pay');
    harness.clock.pass(301_000);
    const going = express(harness, 'running');
    expect(await going.swept()).toEqual([]);
    const left = express(harness, 'over');
    expect(await left.swept()).toMatchObject([{ what: 'settled' }]);
    expect(left.started).toEqual([{ what: 'undo', epoch: 1, number: 1 }]);
  });
});
