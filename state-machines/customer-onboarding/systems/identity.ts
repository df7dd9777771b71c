/**
 * Identity: checks that are begun by a request and end by a message (identity.openapi.yaml, verdicts.asyncapi.yaml). Whose
 * name is Mallory is rejected, whose is Grey wants a second look. How a verdict is brought is the caller's part.
 */
import type { Clock } from '../../../lib/model/time.ts';
import { bearerGuard } from '../../order-fulfilment/systems/auth.ts';
import { createLedger } from '../../order-fulfilment/systems/ledger.ts';
import { createRecords, type Records } from '../../order-fulfilment/systems/records.ts';
import { type Answer, type Call, param } from '../../order-fulfilment/systems/router.ts';
import { listOf, readBody, readQuery, record, text } from '../../order-fulfilment/systems/shape.ts';
import type { System } from '../../order-fulfilment/systems/system.ts';

export interface Verdict {
  readonly checkId: string;
  readonly outcome: 'clear' | 'review' | 'rejected';
  readonly score: number;
}

interface Check {
  readonly checkId: string;
  readonly subject: string;
  readonly state: 'running' | 'done' | 'withdrawn';
  readonly idempotencyKey: string | null;
}

export interface IdentityOptions {
  readonly clock: Clock;
  readonly token: string;
  readonly tell: (verdict: Verdict) => void;
}

/** How long a check takes. */
const CHECK_MS = 1_000;
const id = text({ max: 40 });
const checkRequest = record<{ subject: string; name: string; country: string; papers: readonly string[] }>({
  subject: id,
  name: text({ max: 120 }),
  country: text({ pattern: /^[A-Z]{2}$/ }),
  papers: listOf(id, { min: 1, max: 10 }),
});
const byKey = record<{ idempotencyKey: string }>({ idempotencyKey: text({ max: 255 }) });

export function createIdentity({ clock, token, tell }: IdentityOptions): System {
  const checks: Records<Check> = createRecords('chk');
  const ledger = createLedger(clock);
  const finish = (begun: Check, name: string): void => {
    // A reset may have forgotten it, and another one have its number.
    const check = checks.list().find((one) => one === begun);
    if (!check) return;
    checks.replace(check.checkId, { ...check, state: 'done' });
    tell({ checkId: check.checkId, ...verdictOn(name) });
  };
  const start = (call: Call): Answer => {
    const { subject, name } = readBody(checkRequest, call.body);
    const idempotencyKey = call.idempotencyKey ?? null;
    const check = checks.add((checkId) => ({ checkId, subject, state: 'running', idempotencyKey }));
    ledger.applied(call, { kind: 'check', id: check.checkId, order: subject });
    clock.after(CHECK_MS, () => finish(check, name));
    return { status: 202, body: shown(check) };
  };
  const list = (call: Call): Answer => {
    const { idempotencyKey } = readQuery(byKey, call.query);
    const found = checks.list().filter((one) => one.idempotencyKey === idempotencyKey && one.state !== 'withdrawn');
    return { status: 200, body: { checks: found.map(shown) } };
  };
  const withdraw = (call: Call): Answer => {
    const check = checks.get(param(call, 'checkId'));
    if (check.state !== 'withdrawn') ledger.undone(call, { kind: 'check', id: check.checkId, order: check.subject });
    return { status: 200, body: shown(checks.replace(check.checkId, { ...check, state: 'withdrawn' })) };
  };
  const withdrawal = '/checks/{checkId}/withdrawal';
  return {
    name: 'identity',
    guard: bearerGuard('identity', token),
    ledger,
    routes: [
      { method: 'GET', path: '/health', operation: 'getIdentityHealth', open: true, handle: () => ({ status: 200 }) },
      { method: 'POST', path: '/checks', operation: 'startCheck', handle: start },
      { method: 'GET', path: '/checks', operation: 'listChecks', handle: list },
      { method: 'POST', path: withdrawal, operation: 'withdrawCheck', handle: withdraw },
    ],
    snapshot: () => ({ checks: checks.list() }),
    reset: () => checks.clear(),
  };
}

function verdictOn(name: string): Pick<Verdict, 'outcome' | 'score'> {
  if (name.includes('Mallory')) return { outcome: 'rejected', score: 3 };
  if (name.includes('Grey')) return { outcome: 'review', score: 55 };
  return { outcome: 'clear', score: 97 };
}

function shown({ checkId, state, subject }: Check): object {
  return { checkId, state, subject };
}
