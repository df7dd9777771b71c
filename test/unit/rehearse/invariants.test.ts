import { beforeAll, describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../../lib/model/json.ts';
import type { Evidence } from '../../../lib/rehearse/evidence.ts';
import { judgeRun } from '../../../lib/rehearse/invariants/judge.ts';
import { Rehearsal } from '../../../lib/rehearse/rehearsal.ts';
import { weatherWith } from '../../../lib/rehearse/weather.ts';
import { MemoryJournal } from '../../../lib/rehearse/memory-journal.ts';
import { exampleSubject } from '../../support/race-subjects.ts';
import { race } from '../../support/races.ts';

/** Each invariant is shown what breaks it: the evidence of a run that kept them all, with one thing changed. */
const SECRET = 'tok_visa_4242';

/** The first race that ends so, with something that stands for certain. */
async function inNeedOfAttention(): Promise<Evidence> {
  for (let seed = 1; seed < 100; seed += 1) {
    const { phase, evidence } = await race(seed, { sagas: 3 });
    const letter = evidence.letters.at(-1);
    const stands = isObject(letter) && Array.isArray(letter['stands']) ? letter['stands'].filter(isObject) : [];
    const blocked = stands.some(({ fate }) => fate === 'blocked' || fate === 'unresolved');
    if (phase === 'needs-attention' && !evidence.handled && blocked) return evidence;
  }
  throw new Error('one race in a hundred needs attention');
}

async function rehearsed(variant: number): Promise<Evidence> {
  const { inputs, ...subject } = await exampleSubject(variant);
  const rehearsal = new Rehearsal({
    ...subject,
    seed: 1,
    input: inputs[0],
    weather: weatherWith({}),
    journal: new MemoryJournal(),
    idle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  await rehearsal.run();
  return await rehearsal.evidence();
}

type Runs = Readonly<Record<'succeeded' | 'compensated' | 'failed' | 'attention', Evidence>>;
let runs: Runs;

beforeAll(async () => {
  runs = {
    succeeded: await rehearsed(0),
    compensated: await rehearsed(1),
    failed: await rehearsed(4),
    attention: await inNeedOfAttention(),
  };
}, 60_000);

function judged(evidence: Evidence): readonly string[] {
  return judgeRun(evidence, [SECRET]).map(({ invariant, what }) => `${invariant} ${what}`);
}

function withHeader(evidence: Evidence, change: Partial<Evidence['record']['header']>): Evidence {
  return { ...evidence, record: { ...evidence.record, header: { ...evidence.record.header, ...change } } };
}

/** One effect more of what the first one is. */
function withAnother(evidence: Evidence): Evidence {
  const [first] = evidence.effects;
  if (!first) throw new Error('the run has effects');
  return { ...evidence, effects: [...evidence.effects, { ...first, id: 'another', undone: [] }] };
}

function withLetter(evidence: Evidence, letter: Json): Evidence {
  return { ...evidence, letters: [letter] };
}

describe('the invariants', () => {
  it('hold for runs that end in each way', () => {
    const phases = Object.values(runs).map(({ record }) => record.header.phase);
    expect(phases).toEqual(['succeeded', 'compensated', 'failed', 'needs-attention']);
    expect(Object.values(runs).flatMap(judged)).toEqual([]);
  });

  it('1: see a run that does not end, or not in time', () => {
    const { compensated } = runs;
    expect(judged({ ...compensated, restless: true }).join()).toContain('1 the run never comes to rest');
    const open = withHeader(compensated, { phase: 'compensating' });
    expect(judged(open).join()).toContain('1 nothing runs any more, and the run is compensating');
    const late = withHeader(compensated, { endedAt: compensated.record.header.deadline + 10 ** 12 });
    expect(judged(late).join()).toContain('after its deadline and all budgets');
  });

  it('2: see an effect of a succeeded run that stands twice, not at all, or in doubt', () => {
    const { succeeded } = runs;
    expect(judged(withAnother(succeeded)).join()).toContain('1 visits of reserve-stock, and 2 effects stand');
    expect(judged({ ...succeeded, effects: succeeded.effects.slice(1) }).join()).toContain('and 0 effects stand');
    const { applied } = succeeded.record;
    const lost = { ...succeeded, record: { ...succeeded.record, applied: applied.slice(1) } };
    expect(judged(lost).join()).toContain('is in doubt');
  });

  it('3: see an effect of a compensated or failed run that stands', () => {
    expect(judged(withAnother(runs.compensated)).join()).toContain('3 the run is compensated, and an effect of');
    const { effects } = runs.compensated;
    expect(judged({ ...runs.failed, effects }).join()).toContain('3 the run failed as if nothing had ever stood');
  });

  it('4: see a letter that is missing, names too little or too much', () => {
    const { attention } = runs;
    expect(judged({ ...attention, letters: [] }).join()).toContain('no letter says so');
    const nothing = { status: 'needs-attention', stands: [], inDoubt: [] };
    expect(judged(withLetter(attention, nothing)).join()).toContain('and the letter names 0');
    const untrue = { ...nothing, stands: [{ step: 'notify-customer', fate: 'unresolved' }] };
    expect(judged(withLetter(attention, untrue)).join()).toContain('says that notify-customer stands');
  });

  it('7: excuse a letter that the queue never took, if the end of an execution tells of the run', () => {
    const place = 'always-refused at dead-letters #1';
    const silent = { ...runs.attention, letters: [], fired: [{ place, at: 1 }] };
    expect(judged(silent)).toEqual([]);
    expect(judged({ ...silent, histories: new Map() }).join()).toContain(
      '7 the run needs attention, and neither a letter nor the end of an execution says so',
    );
    const elsewhere = [{ place: 'always-refused at shop.drop #1', at: 1 }];
    expect(judged({ ...silent, fired: elsewhere }).join()).toContain('no letter says so');
  });

  it('5: see an undo that is done twice, or of nothing', () => {
    const { compensated } = runs;
    const effects = compensated.effects.map((one) => ({ ...one, undone: [...one.undone, ...one.undone] }));
    expect(judged({ ...compensated, effects }).join()).toContain('is undone 2 times');
    const astray = [{ at: 1, operation: 'shop.drop' }];
    expect(judged({ ...compensated, astray }).join()).toContain('5 shop.drop undoes what never was');
  });

  it('6: see what begins after the fence, and undos out of their order', () => {
    const { compensated } = runs;
    const begun = { at: 1, epoch: 1, what: 'intent', step: 'create-shipment' } as const;
    const written = [...compensated.written, begun];
    expect(judged({ ...compensated, written }).join()).toContain('6 create-shipment begins after the fence');
    const item = { ...begun, step: 'ship[3]', detail: 'ship.1.0' };
    const close = { at: 1, epoch: 1, what: 'shard-close', detail: 'ship.1.0' } as const;
    const after = (...more: Evidence['written']): string =>
      judged({
        ...compensated,
        written: [...compensated.written.filter(({ what }) => what !== 'end'), ...more],
      }).join();
    expect(after(item, close)).toBe('');
    expect(after({ ...close, detail: 'ship.1.1' }, { ...close, epoch: 2 }, item)).toBe('');
    expect(after(close, item)).toContain('6 ship[3] begins after the close of ship.1.0 of epoch 1');
    expect(after({ at: 1, epoch: 1, what: 'end' }, item)).toContain('6 ship[3] begins after the end of epoch 1');
    const effects = compensated.effects.map((one) =>
      one.operation === 'inventory.reserveStock' ? { ...one, undone: [{ at: 0, operation: 'x' }] } : one,
    );
    expect(judged({ ...compensated, effects }).join()).toContain('which was built on it, stands or lands');
  });

  it('7: see a failure without a word, a handler that broke, and an execution that tells another end', () => {
    const { compensated, succeeded } = runs;
    const { error: _error, ...header } = compensated.record.header;
    const silent = { ...compensated, record: { ...compensated.record, header } };
    expect(judged(silent).join()).toContain('its record does not say why');
    expect(judged({ ...compensated, bugs: [new Error('oh')] }).join()).toContain('7 a handler broke: oh');
    expect(judged({ ...compensated, histories: succeeded.histories }).join()).toContain('succeeded, and the run is');
  });

  it('8: see a secret wherever it is kept', () => {
    const log = [{ level: 'info', message: `it is ${SECRET}`, run: 'run' }] as const;
    expect(judged({ ...runs.succeeded, log })).toEqual(["8 a secret stands in the run's log"]);
  });
});
