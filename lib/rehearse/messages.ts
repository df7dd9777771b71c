/**
 * The systems of a rehearsal as senders of what runs wait for: a message comes a little after somebody waits for it, or it
 * comes early, late, twice or never. What is too late comes after the time of who waits for it, and finds nobody there.
 */
import type { Clock } from '../model/time.ts';
import type { Awaited, Senders } from '../runtime/ports/senders.ts';
import type { SimulatedMessage } from '../simulate/simulated-messages.ts';
import type { Chance } from './chance.ts';
import type { Prelude } from './prelude.ts';
import { MESSAGE_FAULTS, type MessageFault, type Weather } from './weather.ts';

export interface MessagesOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly prelude: Pick<Prelude, 'sendsOff'>;
  readonly says: (message: Awaited) => SimulatedMessage;
  /** `id`: of the message, the same each time that it is brought. */
  readonly deliver: (message: Awaited, said: SimulatedMessage, id: string) => Promise<void>;
}

const SOON_MS = 2_000;
const LATE_MS = 60_000;

export class RehearsedMessages implements Senders {
  /** Messages on their way. */
  underWay = 0;
  private readonly options: MessagesOptions;
  private sent = 0;

  constructor(options: MessagesOptions) {
    this.options = options;
  }

  memory(): number {
    return this.sent;
  }

  recall(sent: number): void {
    this.sent = sent;
  }

  /** Before anybody waits: it is there already when somebody does. */
  async about(message: Awaited): Promise<void> {
    if (this.meets('message-early', message)) await this.bring(message, this.idOf(message));
  }

  awaited(message: Awaited): void {
    const { chance, clock } = this.options;
    if (this.meets('message-lost', message)) return;
    const name = nameOf(message);
    const isLate = this.meets('message-late', message);
    const left = message.until - clock.now();
    const late = isLate ? left + chance.between(`lateness of ${name}`, 1, LATE_MS) : 0;
    // What is not late comes in time, however short that is.
    const soon = isLate ? SOON_MS : Math.max(1, Math.min(SOON_MS, left - 1));
    const id = this.idOf(message);
    this.bringAfter(late + chance.between(`message of ${name}`, 1, soon), message, id);
    if (!this.meets('message-twice', message)) return;
    this.bringAfter(late + chance.between(`second message of ${name}`, 1, LATE_MS), message, id);
  }

  private meets(fault: MessageFault, message: Awaited): boolean {
    const { chance, weather } = this.options;
    return MESSAGE_FAULTS.includes(fault) && chance.fires(`${fault} at ${nameOf(message)}`, weather[fault]);
  }

  private bringAfter(ms: number, message: Awaited, id: string): void {
    const arrived = this.options.prelude.sendsOff();
    this.underWay += 1;
    this.options.clock.after(ms, () => {
      arrived();
      void this.bring(message, id).finally(() => {
        this.underWay -= 1;
      });
    });
  }

  private async bring(message: Awaited, id: string): Promise<void> {
    await this.options.deliver(message, this.options.says(message), id);
  }

  private idOf(message: Awaited): string {
    this.sent += 1;
    return `${nameOf(message)} ${this.sent}`;
  }
}

function nameOf({ plan, step }: Awaited): string {
  const operation = plan.operations[step.operation];
  return `${operation?.system}.${operation?.operationId}`;
}
