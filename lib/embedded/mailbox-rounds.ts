/**
 * What the scheduled sweep does for mailboxes on AWS, on one machine: who owns the data folder looks through those that are
 * due, when it begins and every five minutes. `stop` waits for the round that is under way.
 */
import type { Clock, Timer } from '../model/time.ts';

export interface MailboxRoundsOptions {
  readonly clock: Clock;
  readonly clear: () => Promise<unknown>;
  readonly failed: (error: unknown) => void;
}

const EVERY_MS = 300_000;

export class MailboxRounds {
  private readonly options: MailboxRoundsOptions;
  private round: Promise<void> = Promise.resolve();
  private timer: Timer | undefined;
  private isOver = false;

  constructor(options: MailboxRoundsOptions) {
    this.options = options;
  }

  start(): void {
    const { clear, failed } = this.options;
    this.round = clear().then(() => undefined, failed);
    this.timer = this.options.clock.after(EVERY_MS, () => {
      if (!this.isOver) this.start();
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    this.timer?.cancel();
    await this.round;
  }
}
