/** How often mailboxes are looked through while somebody owns a data folder. */
import { expect, it } from 'vitest';
import { MailboxRounds } from '../../../lib/embedded/mailbox-rounds.ts';
import { VirtualClock } from '../../../lib/engine/virtual-clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('at once and every five minutes, also after a round that failed, until it is stopped', async () => {
  const clock = new VirtualClock({ start: 0, idle: turn });
  const times: number[] = [];
  const failures: unknown[] = [];
  const rounds = new MailboxRounds({
    clock,
    clear: async () => {
      times.push(clock.now());
      if (times.length === 1) throw new Error('the disk is full');
    },
    failed: (error) => void failures.push(error),
  });
  rounds.start();
  await clock.advance(700_000);
  await rounds.stop();
  expect(times).toEqual([0, 300_000, 600_000]);
  expect(failures).toEqual([new Error('the disk is full')]);
  expect(await clock.step()).toBe(false);
});
