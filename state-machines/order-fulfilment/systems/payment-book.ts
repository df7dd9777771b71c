/**
 * The book of the payments system: holds, captures and refunds, and the four moves between them. Two effects stand
 * here: a hold until it is voided, a capture until all of it is refunded. A hold cannot be voided while captured money
 * is not given back. The book knows nothing of HTTP but the refusals that it throws.
 */
import type { Clock } from '../../../lib/model/time.ts';
import type { Effect, Ledger } from './ledger.ts';
import { type Money, nothingOf, plus } from './money.ts';
import { Problem } from './problem.ts';
import type { Records } from './records.ts';
import type { Call } from './router.ts';

export interface AmountLine {
  readonly kind: 'goods' | 'shipping';
  readonly amount: Money;
}

export interface AuthorisationRequest {
  readonly orderReference: string;
  readonly lines: readonly AmountLine[];
  readonly paymentMethod: { readonly type: 'card'; readonly token: string };
}

export interface CaptureRequest {
  readonly lines: readonly AmountLine[];
  readonly riskAssessmentId: string | undefined;
}

export interface RefundRequest {
  readonly amount: Money;
  readonly reason: 'order_cancelled' | 'requested_by_customer' | 'duplicate';
}

interface Made {
  readonly orderReference: string;
  readonly amount: Money;
  readonly createdAt: string;
}

export interface Authorisation extends Made {
  readonly authorisationId: string;
  readonly status: 'authorised' | 'captured' | 'refunded' | 'voided';
  readonly captured: Money;
  readonly refunded: Money;
  readonly card: { readonly brand: string; readonly lastFour: string };
  readonly idempotencyKey: string | null;
}

export interface Capture extends Made {
  readonly captureId: string;
  readonly authorisationId: string;
  readonly status: 'captured' | 'refunded';
  readonly refunded: Money;
  readonly riskAssessmentId: string | null;
  readonly receiptUrl: string;
  readonly idempotencyKey: string | null;
}

export interface Refund extends Made {
  readonly refundId: string;
  readonly captureId: string;
  readonly status: 'refunded';
  readonly reason: RefundRequest['reason'];
}

export interface PaymentBook {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly authorisations: Records<Authorisation>;
  readonly captures: Records<Capture>;
  readonly refunds: Records<Refund>;
}

/** Card tokens that issuers of the demo decline, for trying that path. */
const declines = new Map([
  ['tok_declined', 'insufficient_funds'],
  ['tok_expired', 'card_expired'],
]);

export function authorise(book: PaymentBook, call: Call, request: AuthorisationRequest): Authorisation {
  const declineCode = declines.get(request.paymentMethod.token);
  const amount = sumOf(request.lines);
  if (declineCode !== undefined) {
    throw new Problem(402, 'card-declined', 'The issuer declined the card.', { extra: { declineCode } });
  }
  const authorisation = book.authorisations.add((authorisationId) => ({
    authorisationId,
    status: 'authorised',
    captured: nothingOf(amount),
    refunded: nothingOf(amount),
    card: cardOf(request.paymentMethod.token),
    ...madeBy(book, call, { orderReference: request.orderReference, amount }),
  }));
  book.ledger.applied(call, effectOfHold(authorisation));
  return authorisation;
}

export function capture(book: PaymentBook, call: Call, id: string, request: CaptureRequest): Capture {
  const held = book.authorisations.get(id);
  if (held.status !== 'authorised') throw new Problem(409, 'wrong-state', `${id} is ${held.status}; nothing is held.`);
  const amount = sumOf(request.lines);
  if (plus(amount, nothingOf(held.amount)).value > held.amount.value) {
    throw new Problem(422, 'amount-too-high', `${held.amount.value} are held, ${amount.value} were asked for.`);
  }
  const captured = book.captures.add((captureId) => ({
    captureId,
    authorisationId: id,
    status: 'captured',
    refunded: nothingOf(amount),
    riskAssessmentId: request.riskAssessmentId ?? null,
    receiptUrl: `https://payments.example.com/receipts/${captureId}`,
    ...madeBy(book, call, { orderReference: held.orderReference, amount }),
  }));
  book.authorisations.replace(id, { ...held, status: 'captured', captured: amount });
  book.ledger.applied(call, effectOfCapture(captured));
  return captured;
}

export function refund(book: PaymentBook, call: Call, id: string, request: RefundRequest): Refund {
  const captured = book.captures.get(id);
  const refunded = plus(captured.refunded, request.amount);
  if (request.amount.value === 0) throw new Problem(422, 'amount-too-low', 'A refund gives something back.');
  if (refunded.value > captured.amount.value) {
    throw new Problem(409, 'wrong-state', `${captured.amount.value - captured.refunded.value} are left to refund.`);
  }
  const whole = refunded.value === captured.amount.value;
  const status = whole ? 'refunded' : 'captured';
  book.captures.replace(id, { ...captured, status, refunded });
  const held = book.authorisations.get(captured.authorisationId);
  book.authorisations.replace(held.authorisationId, { ...held, status, refunded });
  if (whole) book.ledger.undone(call, effectOfCapture(captured));
  return book.refunds.add((refundId) => ({
    refundId,
    captureId: id,
    orderReference: captured.orderReference,
    status: 'refunded',
    amount: request.amount,
    reason: request.reason,
    createdAt: new Date(book.clock.now()).toISOString(),
  }));
}

/** Ends the hold, also what a capture left of it; a second time changes nothing. */
export function voidHold(book: PaymentBook, call: Call, id: string): Authorisation {
  const held = book.authorisations.get(id);
  if (held.status === 'voided') return held;
  if (held.status === 'captured') throw new Problem(409, 'wrong-state', `${id} is captured; refund it first.`);
  book.ledger.undone(call, effectOfHold(held));
  return book.authorisations.replace(id, { ...held, status: 'voided' });
}

function sumOf([first, ...others]: readonly AmountLine[]): Money {
  if (first === undefined) throw new Problem(422, 'invalid-request', 'There must be a line.');
  return others.reduce((sum, { amount }) => plus(sum, amount), first.amount);
}

function madeBy(
  { clock }: PaymentBook,
  call: Call,
  { orderReference, amount }: { orderReference: string; amount: Money },
): Made & { readonly idempotencyKey: string | null } {
  const createdAt = new Date(clock.now()).toISOString();
  return { orderReference, amount, createdAt, idempotencyKey: call.idempotencyKey ?? null };
}

function cardOf(token: string): Authorisation['card'] {
  const [, brand = 'unknown', lastFour = '0000'] = /^tok_(visa|mastercard)_([0-9]{4})$/.exec(token) ?? [];
  return { brand, lastFour };
}

function effectOfHold({ authorisationId, orderReference }: Authorisation): Effect {
  return { kind: 'authorisation', id: authorisationId, order: orderReference };
}

function effectOfCapture({ captureId, orderReference }: Capture): Effect {
  return { kind: 'capture', id: captureId, order: orderReference };
}
