import { describe, expect, it } from 'vitest';
import { MemoryJournal } from '../../../lib/rehearse/memory-journal.ts';
import { watchedJournal } from '../../../lib/rehearse/watched-journal.ts';
import { applied, failed, group, intent, itemKey, opened, recordOf, SHARD } from '../../contract/journal-cases.ts';

describe('the journal of a rehearsal', () => {
  it('notes each item of a group as if it had been written by itself, and when its shard is closed', async () => {
    let now = 0;
    const { journal, written } = watchedJournal(new MemoryJournal(), () => now);
    await opened(journal, 'r1');
    now = 5;
    await journal.intendGroup('r1', group());
    now = 7;
    await journal.recordGroup('r1', recordOf());
    await journal.closeShard('r1', SHARD, 1);
    const { outputs } = applied();
    expect(written).toEqual([
      { at: 5, what: 'intent', epoch: 1, step: 'charge[0]', detail: 'charge.1.0' },
      { at: 5, what: 'intent', epoch: 1, step: 'charge[1]', detail: 'charge.1.0' },
      { at: 7, what: 'applied', epoch: 1, step: 'charge[0]', outputs },
      { at: 7, what: 'failed', epoch: 1, step: 'charge[1]', detail: 'refused' },
      { at: 7, what: 'shard-close', epoch: 1, detail: 'charge.1.0' },
    ]);
  });

  it('notes nothing of a group that was not granted, or that was told of otherwise', async () => {
    const { journal, written } = watchedJournal(new MemoryJournal(), () => 0);
    await opened(journal, 'r1');
    await journal.intendGroup('r1', group());
    await journal.recordGroup('r1', recordOf());
    const before = written.length;
    await journal.intendGroup('r1', group({ nonce: 'other' }));
    await journal.recordGroup('r1', recordOf(group(), { failed: [failed({ key: itemKey(1), endedAt: 9_000 })] }));
    await journal.intendGroup('r1', group({ group: 1, nonce: 'safe', items: [] }), group());
    expect(written).toHaveLength(before);
  });

  it('tells intents of single visits from those of a shard', async () => {
    const { journal, written } = watchedJournal(new MemoryJournal(), () => 0);
    await opened(journal, 'r1');
    await journal.intend('r1', intent());
    expect(written).toEqual([{ at: 0, what: 'intent', epoch: 1, step: 'reserve' }]);
  });
});
