/**
 * The order as the durable engines that run code have it: an undo is noted before its call is made, because the engine may
 * be lost between the two. What a call is, and what runs at the same time, each engine says in its own way.
 */
import type { Order } from './saga-subject.ts';

export interface Durably {
  /** One call as a step of the engine. */
  call(step: string, path: string, value: object): Promise<unknown>;
  /** Steps at the same time; throws the first failure once all are over. */
  together(steps: readonly (readonly [string, string])[], value: object): Promise<void>;
  /** False: the engine itself has to hear of it, and will run this code again. */
  isFailure(error: unknown): boolean;
}

export interface Ended {
  readonly status: 'completed' | 'compensated';
}

export async function order({ orderId, fail }: Order, engine: Durably): Promise<Ended> {
  const undo: (readonly [string, string])[] = [];
  try {
    undo.push(['release', '/inventory/release']);
    await engine.call('reserve', '/inventory/reserve', { orderId });
    undo.push(['void', '/payments/void']);
    await engine.together(
      [
        ['authorize', '/payments/authorize'],
        ['check', '/fraud/check'],
        ['quote', '/shipping/quote'],
      ],
      { orderId },
    );
    undo.push(['refund', '/payments/refund']);
    await engine.call('capture', '/payments/capture', { orderId });
    await engine.call('ship', '/shipping/create', { orderId, fail });
    return { status: 'completed' };
  } catch (error) {
    if (!engine.isFailure(error)) throw error;
    for (const [step, path] of undo.toReversed()) await engine.call(step, path, { orderId });
    return { status: 'compensated' };
  }
}
