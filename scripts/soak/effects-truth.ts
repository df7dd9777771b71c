/**
 * What the systems of the kill test say in the end, against what was claimed of each run: no effect doubled, none left
 * standing in a run that is compensated, none that may stand and was not reported. Of the claims only the status and the
 * steps' statuses are taken; what is true, only the systems know.
 */
import type { RunView } from '../../lib/model/run.ts';
import type { LedgerEntry } from '../../state-machines/order-fulfilment/systems/ledger.ts';

/** Of each effect that an order may leave, the step that makes it; those that nobody takes back may stay. */
const EFFECTS: { readonly [kind: string]: { readonly step: string; readonly mayStay: boolean } } = {
  reservation: { step: 'reserve-stock', mayStay: false },
  authorisation: { step: 'authorise-payment', mayStay: false },
  assessment: { step: 'check-fraud', mayStay: true },
  capture: { step: 'capture-payment', mayStay: false },
  shipment: { step: 'create-shipment', mayStay: false },
  notification: { step: 'notify-customer', mayStay: true },
};

/** Statuses by which a run's view says that an effect stands or may stand. */
const REPORTED: ReadonlySet<string> = new Set(['unresolved', 'in-doubt', 'undo-failed', 'blocked']);

export interface SystemState {
  readonly ledger: readonly LedgerEntry[];
}

export interface Counted {
  readonly applied: number;
  readonly undone: number;
}

export function count(states: readonly SystemState[]): Counted {
  const entries = states.flatMap(({ ledger }) => ledger);
  const applied = entries.filter(({ change }) => change === 'applied').length;
  return { applied, undone: entries.length - applied };
}

/** Each a sentence; none is what is wanted. */
export function untruths(
  states: readonly SystemState[],
  views: ReadonlyMap<string, RunView>,
  orders: readonly string[],
): readonly string[] {
  const entries = Map.groupBy(
    states.flatMap(({ ledger }) => ledger),
    ({ order }) => order,
  );
  return orders.flatMap((order) => {
    const view = views.get(order);
    if (!view) return [`${order} never ended`];
    const mine = entries.get(order) ?? [];
    return Object.keys(EFFECTS).flatMap((kind) => untruthOf(order, view, { kind, mine }));
  });
}

function untruthOf(
  order: string,
  view: RunView,
  { kind, mine }: { readonly kind: string; readonly mine: readonly LedgerEntry[] },
): readonly string[] {
  const { step, mayStay } = EFFECTS[kind] ?? { step: kind, mayStay: false };
  const changes = mine.filter((entry) => entry.kind === kind).map(({ change }) => change);
  const applied = changes.filter((change) => change === 'applied').length;
  const undone = changes.length - applied;
  const stands = applied - undone;
  const found: string[] = [];
  if (applied > 1) found.push(`${order}: ${applied} times a ${kind}`);
  if (undone > applied) found.push(`${order}: ${undone} undos of ${applied} times a ${kind}`);
  if (view.status === 'succeeded' && stands !== 1)
    found.push(`${order} succeeded, and ${stands} of its ${kind} stands`);
  if (view.status === 'failed' && applied > 0) found.push(`${order} failed as if nothing had stood: a ${kind} did`);
  if (view.status === 'compensated' && stands > 0 && !mayStay)
    found.push(`${order} is compensated, and its ${kind} stands`);
  if (view.status === 'needs-attention' && stands > 0 && !mayStay && !isReported(view, step))
    found.push(`${order} needs attention, its ${kind} stands, and nobody says so`);
  return found;
}

function isReported({ steps }: RunView, step: string): boolean {
  return steps.some(({ path, status }) => path === step && REPORTED.has(status));
}
