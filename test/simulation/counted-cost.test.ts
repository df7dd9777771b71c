/** What `interlock analyze` says a run costs, against runs: states entered in the engine's own history, journal writes counted. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analyze } from '../../lib/analyze/analyze.ts';
import { PRICES } from '../../lib/analyze/prices.ts';
import { SqliteJournal } from '../../lib/embedded/journal.ts';
import { Engine } from '../../lib/engine/driver.ts';
import type { RunView } from '../../lib/model/run.ts';
import { compileCase, goldenCases, mainOf, scenariosOf } from '../support/golden-case.ts';
import { play, type Scenario } from '../support/golden-run.ts';
import { type Order, orderExample, orderPlaced } from '../support/order-in-virtual-time.ts';
import { answered } from '../support/scripted-http.ts';
import { statesEntered } from '../../lib/analyze/cost.ts';

const ANSWER_MS = 200;

afterEach(() => void vi.restoreAllMocks());

describe('the order example', () => {
  it('costs what is said where all goes well: steps, one for the Parallel, one more', async () => {
    const { cost, timing } = analysisOf(await orderExample(ANSWER_MS));
    const counted = await countedRun(await orderExample(ANSWER_MS));
    expect(counted.run.status).toBe('succeeded');
    expect(cost.happy.transitions).toBe(7 + 1 + 1);
    expect(counted.transitions).toBe(cost.happy.transitions);
    expect(counted.writes).toBe(cost.happy.journalWrites);
    expect(Date.parse(counted.run.endedAt ?? '') - Date.parse(counted.run.startedAt)).toBe(timing.expectedMs);
  });

  it('costs what is said where its last step is refused and everything is undone', async () => {
    const refused = await orderExample(ANSWER_MS, ({ url, method }) =>
      method === 'POST' && url.endsWith('/notifications') ? answered(422) : undefined,
    );
    const { cost } = analysisOf(refused);
    const counted = await countedRun(refused);
    expect(counted.run.status).toBe('compensated');
    expect(counted.run.error?.step).toBe(cost.failing.step);
    expect(counted.transitions).toBe(cost.failing.transitions);
    expect(counted.writes).toBe(cost.failing.journalWrites);
  });

  it('comes to the run contract: about 250 USD for a million happy runs, 225 of it transitions', async () => {
    const { cost } = analysisOf(await orderExample(ANSWER_MS));
    expect(cost.happy.usdPerMillion.transitions).toBe(225);
    expect(cost.happy.usdPerMillion.total).toBeGreaterThan(240);
    expect(cost.happy.usdPerMillion.total).toBeLessThan(260);
    expect(cost.express.workflow).toBeLessThan(5);
  });
});

/** Scenarios in which nothing is answered but that all goes on. */
const plain = goldenCases().flatMap((name) =>
  scenariosOf(name).flatMap(({ scenario }) =>
    scenario.answers === undefined && scenario.status === 'SUCCEEDED' ? [{ name, scenario }] : [],
  ),
);

/** All lists of a golden are of one length. */
function itemsIn({ entered }: Scenario): number {
  const ending = (word: string): number => entered.filter((state) => state.endsWith(word)).length;
  return ending(' items') === 0 ? 0 : ending(' item') / ending(' items');
}

describe('a golden', () => {
  it.each(plain)('$name enters as many states as are said', async ({ name, scenario }) => {
    const workflow = mainOf(await compileCase(name));
    const played = await play(workflow, scenario);
    expect(played.transitions).toBe(statesEntered(workflow.machine, itemsIn(scenario)));
  });

  it('is there for each kind of flow', () => {
    expect(plain.length).toBeGreaterThanOrEqual(10);
  });
});

function analysisOf({ workflow: { plan, machine } }: Order): Analysis {
  return analyze({ plan, machine, documents: new Map(), latencyMs: ANSWER_MS, prices: PRICES });
}

interface Counted {
  readonly run: RunView;
  readonly transitions: number;
  readonly writes: number;
}

const WRITES = ['start', 'intend', 'apply', 'fail', 'close', 'compensate', 'decide', 'finish'] as const;
const UNDO_WRITES = ['intendUndo', 'recordUndo'] as const;

/** The engine is the host's own, so it is caught where it is asked to start. */
async function countedRun(order: Order): Promise<Counted> {
  const writes = [...WRITES, ...UNDO_WRITES].map((name) => vi.spyOn(SqliteJournal.prototype, name));
  const starts = vi.spyOn(Engine.prototype, 'start');
  const run = await orderPlaced(order);
  const [engine] = starts.mock.contexts as readonly Engine[];
  const [started] = await Promise.all(starts.mock.results.map(({ value }) => value as ReturnType<Engine['start']>));
  const history = (await engine?.history(started?.executionId ?? '')) ?? [];
  return {
    run,
    transitions: history.filter(({ type }) => type.endsWith('StateEntered')).length,
    writes: writes.reduce((sum, { mock }) => sum + mock.calls.length, 0),
  };
}
