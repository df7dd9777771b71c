/**
 * Messages between the runs of one machine and what stands for their channels here: queues of the data folder, whose
 * messages are handed to who receives over a channel of that name, and simulated systems, which answer a little later as
 * real ones would. What is taken is written down first; what nobody has received is handed out again after a start.
 */
import type { Clock, Random } from '../model/time.ts';
import { deliver, type DeliverPorts, receiversAt, receiversOf } from '../runtime/deliver.ts';
import type { Awaited } from '../runtime/ports/senders.ts';
import type { Telemetry } from '../runtime/ports/telemetry.ts';
import type { SimulatedMessage } from '../simulate/simulated-messages.ts';
import type { LocalQueues, QueuedMessage } from './local-queues.ts';
import type { RunStore } from './run-store.ts';

export interface LocalMessagesOptions {
  readonly queues: LocalQueues;
  readonly store: RunStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly ports: () => DeliverPorts;
}

/** How soon a simulated system sends the message that is waited for. */
const SIMULATED_MS = 300;

export class LocalMessages {
  private readonly options: LocalMessagesOptions;

  constructor(options: LocalMessagesOptions) {
    this.options = options;
  }

  async take(queue: string, message: QueuedMessage): Promise<void> {
    if (await this.options.queues.put(queue, message)) await this.handOut(queue, message);
  }

  /** Those that nobody has received over a channel for so far. */
  async handOutOpen(): Promise<void> {
    for (const { queue, message } of this.options.queues.open()) await this.handOut(queue, message);
  }

  send({ run, plan, step, source, channel }: Awaited, { headers, body }: SimulatedMessage): void {
    const { clock, random, telemetry, ports } = this.options;
    const receivers = receiversOf([plan], source, channel);
    const incoming = { source, channel, headers, body, actor: source, id: random.uuid() };
    clock.after(SIMULATED_MS, () => {
      deliver(incoming, receivers, ports()).catch((error: unknown) => {
        const message = `the simulated message was not delivered: ${error instanceof Error ? error.message : ''}`;
        telemetry.log({ level: 'error', run, step: step.path, message });
      });
    });
  }

  private async handOut(queue: string, message: QueuedMessage): Promise<void> {
    const { store, ports, queues } = this.options;
    const { id, headers, body } = message;
    const listening = receiversAt(queue, await store.receiving());
    if (listening.length === 0) return;
    for (const { source, channel, receivers } of listening) {
      const incoming = { source, channel, headers, body, id, actor: `queue ${queue}` };
      await deliver(incoming, receivers, ports());
    }
    await queues.handedOut(queue, message);
  }
}
