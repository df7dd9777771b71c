/**
 * Payments: the HTTP face (payments.openapi.yaml) of the payment book, and the token endpoint of its OAuth2 scheme.
 * Whoever lost an answer can ask by order or by Idempotency-Key what became of it.
 */
import type { Clock } from '../../../lib/model/time.ts';
import { createLedger } from './ledger.ts';
import { money } from './money.ts';
import { createOAuth, type OAuthClient } from './oauth.ts';
import {
  type AmountLine,
  type AuthorisationRequest,
  authorise,
  capture,
  type CaptureRequest,
  type PaymentBook,
  refund,
  type RefundRequest,
  voidHold,
} from './payment-book.ts';
import { Problem } from './problem.ts';
import { createRecords } from './records.ts';
import { type Answer, type Call, param, type Route } from './router.ts';
import { listOf, oneOf, optional, readBody, readQuery, record, text } from './shape.ts';
import type { System } from './system.ts';

const tokenLifetimeSeconds = 300;
const read = 'payments:read';
const write = 'payments:write';

const orderReference = text({ pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/ });
const amountLine = record<AmountLine>({ kind: oneOf('goods', 'shipping'), amount: money });
const lines = listOf(amountLine, { min: 1, max: 20 });

const authorisationRequest = record<AuthorisationRequest>({
  orderReference,
  lines,
  paymentMethod: record<AuthorisationRequest['paymentMethod']>({
    type: oneOf('card'),
    token: text({ pattern: /^tok_[A-Za-z0-9_]{1,60}$/ }),
  }),
});
const captureRequest = record<CaptureRequest>({ lines, riskAssessmentId: optional(text({ max: 64 })) });
const refundRequest = record<RefundRequest>({
  amount: money,
  reason: oneOf('order_cancelled', 'requested_by_customer', 'duplicate'),
});
const findQuery = record<{ orderReference: string | undefined; idempotencyKey: string | undefined }>({
  orderReference: optional(orderReference),
  idempotencyKey: optional(text({ max: 255 })),
});

export function createPayments({ clock, client }: { clock: Clock; client: OAuthClient }): System {
  const book: PaymentBook = {
    clock,
    ledger: createLedger(clock),
    authorisations: createRecords('aut'),
    captures: createRecords('cap'),
    refunds: createRecords('rfd'),
  };
  const oauth = createOAuth({
    client,
    scopes: [read, write],
    lifetimeSeconds: tokenLifetimeSeconds,
    clock,
    realm: 'payments',
  });
  const { authorisations, captures, refunds } = book;
  return {
    name: 'payments',
    guard: oauth.guard,
    ledger: book.ledger,
    routes: [oauth.tokenRoute, ...readsOver(book), ...movesOver(book)],
    snapshot: () => ({ authorisations: authorisations.list(), captures: captures.list(), refunds: refunds.list() }),
    reset: () => {
      for (const table of [authorisations, captures, refunds]) table.clear();
    },
  };
}

function readsOver({ authorisations, captures }: PaymentBook): readonly Route[] {
  return [
    { method: 'GET', path: '/health', operation: 'getPaymentsHealth', open: true, handle: health },
    {
      method: 'GET',
      path: '/authorisations',
      operation: 'findAuthorisations',
      scope: read,
      handle: (call) => ok({ authorisations: found(authorisations.list(), call) }),
    },
    {
      method: 'GET',
      path: '/authorisations/{authorisationId}',
      operation: 'getAuthorisation',
      scope: read,
      handle: (call) => ok(authorisations.get(param(call, 'authorisationId'))),
    },
    {
      method: 'GET',
      path: '/captures',
      operation: 'findCaptures',
      scope: read,
      handle: (call) => ok({ captures: found(captures.list(), call) }),
    },
    {
      method: 'GET',
      path: '/captures/{captureId}',
      operation: 'getCapture',
      scope: read,
      handle: (call) => ok(captures.get(param(call, 'captureId'))),
    },
  ];
}

function movesOver(book: PaymentBook): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/authorisations',
      operation: 'authorisePayment',
      scope: write,
      handle: (call) => created(authorise(book, call, readBody(authorisationRequest, call.body))),
    },
    {
      method: 'POST',
      path: '/authorisations/{authorisationId}/void',
      operation: 'voidAuthorisation',
      scope: write,
      handle: (call) => ok(voidHold(book, call, param(call, 'authorisationId'))),
    },
    {
      method: 'POST',
      path: '/authorisations/{authorisationId}/captures',
      operation: 'capturePayment',
      scope: write,
      handle: (call) => {
        const request = readBody(captureRequest, call.body);
        return created(capture(book, call, param(call, 'authorisationId'), request));
      },
    },
    {
      method: 'POST',
      path: '/captures/{captureId}/refunds',
      operation: 'refundCapture',
      scope: write,
      handle: (call) => created(refund(book, call, param(call, 'captureId'), readBody(refundRequest, call.body))),
    },
  ];
}

function health(): Answer {
  return ok({ status: 'up', version: '5.1.0' });
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function created(body: unknown): Answer {
  return { status: 201, body };
}

/** Records of an order, or made under a key, or both; asking for all of them is refused. */
function found<T extends { orderReference: string; idempotencyKey: string | null }>(
  records: readonly T[],
  call: Call,
): readonly T[] {
  const query = readQuery(findQuery, call.query);
  if (query.orderReference === undefined && query.idempotencyKey === undefined) {
    throw new Problem(400, 'invalid-parameter', 'Give orderReference or idempotencyKey.');
  }
  return records.filter(
    (candidate) =>
      (query.orderReference ?? candidate.orderReference) === candidate.orderReference &&
      (query.idempotencyKey ?? candidate.idempotencyKey) === candidate.idempotencyKey,
  );
}
