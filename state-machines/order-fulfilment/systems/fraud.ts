/**
 * Fraud check: scores orders (fraud.openapi.yaml). An assessment is an opinion on record; it holds nothing and there is
 * no undoing it. The rules are plain enough to provoke each decision by hand.
 */
import type { Clock } from '../../../lib/model/time.ts';
import { bearerGuard } from './auth.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type Money, money } from './money.ts';
import { createRecords, type Records } from './records.ts';
import { type Answer, type Call, param, type Route } from './router.ts';
import { readBody, readQuery, record, text } from './shape.ts';
import type { System } from './system.ts';

interface AssessmentRequest {
  readonly orderId: string;
  readonly customer: { readonly id: string; readonly email: string };
  readonly amount: Money;
  readonly destination: { readonly country: string; readonly postalCode: string };
}

interface Opinion {
  readonly decision: 'approve' | 'review' | 'decline';
  readonly score: number;
  readonly reasons: readonly string[];
}

interface Assessment extends Opinion {
  readonly assessmentId: string;
  readonly orderId: string;
  readonly reviewUrl: string | null;
  readonly createdAt: string;
}

interface State {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly assessments: Records<Assessment>;
}

/** From here on a person has to look. */
const unusualValue = 500_000;

const orderId = text({ pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/ });
const assessmentRequest = record<AssessmentRequest>({
  orderId,
  customer: record<AssessmentRequest['customer']>({
    id: text({ max: 40 }),
    email: text({ pattern: /^[^\s@]+@[^\s@]+$/ }),
  }),
  amount: money,
  destination: record<AssessmentRequest['destination']>({
    country: text({ pattern: /^[A-Z]{2}$/ }),
    postalCode: text({ min: 2, max: 12 }),
  }),
});
const assessmentQuery = record<{ orderId: string }>({ orderId });

export function createFraud({ clock, token }: { clock: Clock; token: string }): System {
  const state: State = { clock, ledger: createLedger(clock), assessments: createRecords('asm') };
  return {
    name: 'fraud',
    guard: bearerGuard('fraud', token),
    ledger: state.ledger,
    routes: routesOver(state),
    snapshot: () => ({ assessments: state.assessments.list() }),
    reset: () => state.assessments.clear(),
  };
}

function routesOver(state: State): readonly Route[] {
  const assessment = '/assessments/{assessmentId}';
  return [
    { method: 'GET', path: '/health', operation: 'getFraudHealth', open: true, handle: health },
    { method: 'POST', path: '/assessments', operation: 'assessOrder', handle: (call) => assess(state, call) },
    { method: 'GET', path: '/assessments', operation: 'listAssessments', handle: (call) => list(state, call) },
    { method: 'GET', path: assessment, operation: 'getAssessment', handle: (call) => get(state, call) },
  ];
}

function health(): Answer {
  return { status: 200, body: { status: 'up', version: '1.9.2' } };
}

function assess(state: State, call: Call): Answer {
  const request = readBody(assessmentRequest, call.body);
  const opinion = opinionOn(request);
  const assessment = state.assessments.add((assessmentId) => ({
    assessmentId,
    orderId: request.orderId,
    ...opinion,
    reviewUrl: opinion.decision === 'review' ? `https://fraud.example.com/reviews/${assessmentId}` : null,
    createdAt: new Date(state.clock.now()).toISOString(),
  }));
  state.ledger.applied(call, { kind: 'assessment', id: assessment.assessmentId, order: assessment.orderId });
  return { status: 201, body: assessment };
}

function list({ assessments }: State, call: Call): Answer {
  const query = readQuery(assessmentQuery, call.query);
  const found = assessments.list().filter((assessment) => assessment.orderId === query.orderId);
  return { status: 200, body: { assessments: found } };
}

function get({ assessments }: State, call: Call): Answer {
  return { status: 200, body: assessments.get(param(call, 'assessmentId')) };
}

function opinionOn({ customer, amount }: AssessmentRequest): Opinion {
  if (customer.email.endsWith('@fraud.example')) {
    return { decision: 'decline', score: 95, reasons: ['email_on_blocklist'] };
  }
  if (amount.value >= unusualValue) return { decision: 'review', score: 60, reasons: ['amount_unusual'] };
  return { decision: 'approve', score: 12, reasons: [] };
}
