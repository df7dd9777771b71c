/**
 * Brings a verdict to whoever asked for the check: a signed POST, again every second until it is taken, for five minutes. A
 * repeat says the same with the same number, so that it counts once.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../../lib/model/time.ts';
import type { Verdict } from './identity.ts';

export interface Webhook {
  readonly url: string;
  readonly secret: string;
  readonly clock: Clock;
}

const AGAIN_MS = 1_000;
const MOST = 300;

export async function bring(verdict: Verdict, webhook: Webhook, attempt = 1): Promise<void> {
  if (await isTaken(verdict, webhook)) return;
  if (attempt < MOST) webhook.clock.after(AGAIN_MS, () => void bring(verdict, webhook, attempt + 1));
}

async function isTaken(verdict: Verdict, { url, secret }: Webhook): Promise<boolean> {
  const body = JSON.stringify(verdict);
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = {
    'Content-Type': 'application/json',
    'X-Identity-Signature': signature,
    'X-Message-Id': `${verdict.checkId}-${signature.slice(-8)}`,
  };
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // Nobody listens there yet.
  }
}
