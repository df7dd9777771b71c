/** The order as plain Promise code: no engine, nothing kept. What the calls themselves cost, and so the upper bound. */
import { post } from './saga-http.ts';
import type { Open, Order } from './saga-subject.ts';

export const open: Open = (mock) =>
  Promise.resolve({
    version: process.version,
    durable: 'no',
    processes: [],
    run: (order) =>
      place(order, (path, more) => post({ port: mock, path, value: { orderId: order.orderId, ...more } })),
    close: () => Promise.resolve(),
  });

type Call = (path: string, more?: object) => Promise<unknown>;

async function place({ fail }: Order, call: Call): Promise<'completed' | 'compensated'> {
  const undo: string[] = [];
  try {
    await call('/inventory/reserve');
    undo.push('/inventory/release');
    const authorised = call('/payments/authorize').then(() => undo.push('/payments/void'));
    const branches = await Promise.allSettled([authorised, call('/fraud/check'), call('/shipping/quote')]);
    const failed = branches.find((branch) => branch.status === 'rejected');
    if (failed) throw failed.reason;
    await call('/payments/capture');
    undo.push('/payments/refund');
    await call('/shipping/create', { fail });
    return 'completed';
  } catch {
    for (const path of undo.toReversed()) await call(path);
    return 'compensated';
  }
}
