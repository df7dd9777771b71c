/**
 * Core: customers, what made them so, and their accounts (core.openapi.yaml). A customer with an open account is not deleted,
 * and only one who is active gets an account, so an undo in the wrong order is refused.
 */
import type { Clock } from '../../../lib/model/time.ts';
import { createLedger, type Ledger } from '../../order-fulfilment/systems/ledger.ts';
import { createOAuth, type OAuthClient } from '../../order-fulfilment/systems/oauth.ts';
import { Problem } from '../../order-fulfilment/systems/problem.ts';
import { createRecords, type Records } from '../../order-fulfilment/systems/records.ts';
import { type Answer, type Call, param, type Route } from '../../order-fulfilment/systems/router.ts';
import { integer, listOf, oneOf, readBody, readQuery, record, text } from '../../order-fulfilment/systems/shape.ts';
import type { System } from '../../order-fulfilment/systems/system.ts';

interface Kept {
  readonly idempotencyKey: string | null;
  readonly isGone: boolean;
}

interface Customer extends Kept {
  readonly customerId: string;
  readonly applicationId: string;
}

interface Activation extends Kept {
  readonly activationId: string;
  readonly customerId: string;
}

interface Account extends Kept {
  readonly accountId: string;
  readonly customerId: string;
  readonly product: string;
}

interface State {
  readonly ledger: Ledger;
  readonly customers: Records<Customer>;
  readonly activations: Records<Activation>;
  readonly accounts: Records<Account>;
}

const TOKEN_SECONDS = 300;
const id = text({ max: 40 });
const customerRequest = record<{ applicationId: string; name: string; email: string; country: string }>({
  applicationId: text({ max: 20 }),
  name: text({ max: 120 }),
  email: text({ min: 3 }),
  country: text({ pattern: /^[A-Z]{2}$/ }),
});
const activationRequest = record<{ checkId: string; approvedBy: string; limit: number }>({
  checkId: id,
  approvedBy: text(),
  limit: integer({ min: 0, max: 50_000 }),
});
const accountRequest = record<{ customerId: string; product: string }>({
  customerId: id,
  product: oneOf('current', 'savings', 'depot'),
});
const welcomeRequest = record<{ accounts: readonly string[] }>({ accounts: listOf(id, { min: 0, max: 5 }) });
const byKey = record<{ idempotencyKey: string }>({ idempotencyKey: text({ max: 255 }) });

export function createCore({ clock, client }: { readonly clock: Clock; readonly client: OAuthClient }): System {
  const state: State = {
    ledger: createLedger(clock),
    customers: createRecords('cus'),
    activations: createRecords('act'),
    accounts: createRecords('acc'),
  };
  const scopes = ['customers', 'accounts'];
  const oauth = createOAuth({ client, scopes, lifetimeSeconds: TOKEN_SECONDS, clock, realm: 'core' });
  const { customers, activations, accounts } = state;
  return {
    name: 'core',
    guard: oauth.guard,
    ledger: state.ledger,
    routes: [oauth.tokenRoute, ...customerRoutes(state), ...accountRoutes(state)],
    snapshot: () => ({ customers: customers.list(), activations: activations.list(), accounts: accounts.list() }),
    reset: () => {
      for (const table of [customers, activations, accounts]) table.clear();
    },
  };
}

type Handler = (state: State, call: Call) => Answer;

function customerRoutes(state: State): readonly Route[] {
  const by = (handle: Handler) => (call: Call) => handle(state, call);
  const scope = 'customers';
  const one = '/customers/{customerId}';
  return [
    { method: 'GET', path: '/health', operation: 'getCoreHealth', open: true, handle: () => ({ status: 200 }) },
    { method: 'POST', path: '/customers', operation: 'createCustomer', scope, handle: by(create) },
    { method: 'GET', path: '/customers', operation: 'listCustomers', scope, handle: by(listCustomers) },
    { method: 'DELETE', path: one, operation: 'deleteCustomer', scope, handle: by(remove) },
    { method: 'POST', path: `${one}/activation`, operation: 'activateCustomer', scope, handle: by(activate) },
    { method: 'POST', path: `${one}/suspension`, operation: 'suspendCustomer', scope, handle: by(suspend) },
    { method: 'POST', path: `${one}/welcome`, operation: 'sendWelcome', scope, handle: by(welcome) },
    { method: 'GET', path: '/activations', operation: 'listActivations', scope, handle: by(listActivations) },
  ];
}

function accountRoutes(state: State): readonly Route[] {
  const by = (handle: Handler) => (call: Call) => handle(state, call);
  const scope = 'accounts';
  return [
    { method: 'POST', path: '/accounts', operation: 'openAccount', scope, handle: by(open) },
    { method: 'GET', path: '/accounts', operation: 'listAccounts', scope, handle: by(listAccounts) },
    { method: 'DELETE', path: '/accounts/{accountId}', operation: 'closeAccount', scope, handle: by(close) },
  ];
}

function create({ customers, ledger }: State, call: Call): Answer {
  const { applicationId } = readBody(customerRequest, call.body);
  const made = customers.add((customerId) => ({ customerId, applicationId, ...freshly(call) }));
  ledger.applied(call, { kind: 'customer', id: made.customerId, order: applicationId });
  return { status: 201, body: shownCustomer(made, 'prospect') };
}

function listCustomers(state: State, call: Call): Answer {
  const customers = found(state.customers, call).map((one) => shownCustomer(one, stateOf(state, one.customerId)));
  return { status: 200, body: { customers } };
}

function remove(state: State, call: Call): Answer {
  const customer = customerOf(state, param(call, 'customerId'));
  if (stateOf(state, customer.customerId) === 'active' || openOf(state, customer.customerId))
    throw new Problem(409, 'in-use', `${customer.customerId} is active, or has an account.`);
  state.customers.replace(customer.customerId, { ...customer, isGone: true });
  state.ledger.undone(call, { kind: 'customer', id: customer.customerId, order: customer.applicationId });
  return { status: 204 };
}

function activate(state: State, call: Call): Answer {
  readBody(activationRequest, call.body);
  const { customerId, applicationId } = customerOf(state, param(call, 'customerId'));
  if (stateOf(state, customerId) === 'active') throw new Problem(409, 'active', `${customerId} is active already.`);
  const made = state.activations.add((activationId) => ({ activationId, customerId, ...freshly(call) }));
  state.ledger.applied(call, { kind: 'activation', id: made.activationId, order: applicationId });
  return { status: 200, body: shownActivation(made) };
}

function suspend(state: State, call: Call): Answer {
  const customer = customerOf(state, param(call, 'customerId'));
  if (openOf(state, customer.customerId)) throw new Problem(409, 'in-use', `${customer.customerId} has an account.`);
  for (const one of state.activations.list()) {
    if (one.customerId !== customer.customerId || one.isGone) continue;
    state.activations.replace(one.activationId, { ...one, isGone: true });
    state.ledger.undone(call, { kind: 'activation', id: one.activationId, order: customer.applicationId });
  }
  return { status: 200, body: shownCustomer(customer, 'prospect') };
}

function listActivations({ activations }: State, call: Call): Answer {
  return { status: 200, body: { activations: found(activations, call).map(shownActivation) } };
}

function welcome(state: State, call: Call): Answer {
  readBody(welcomeRequest, call.body);
  customerOf(state, param(call, 'customerId'));
  return { status: 202 };
}

function open(state: State, call: Call): Answer {
  const { customerId, product } = readBody(accountRequest, call.body);
  const { applicationId } = customerOf(state, customerId);
  if (stateOf(state, customerId) !== 'active') throw new Problem(409, 'not-active', `${customerId} is a prospect.`);
  const made = state.accounts.add((accountId) => ({ accountId, customerId, product, ...freshly(call) }));
  state.ledger.applied(call, { kind: 'account', id: made.accountId, order: applicationId });
  return { status: 201, body: shownAccount(made) };
}

function listAccounts({ accounts }: State, call: Call): Answer {
  return { status: 200, body: { accounts: found(accounts, call).map(shownAccount) } };
}

function close(state: State, call: Call): Answer {
  const account = state.accounts.get(param(call, 'accountId'));
  if (account.isGone) throw new Problem(404, 'not-found', `The account ${account.accountId} is closed.`);
  state.accounts.replace(account.accountId, { ...account, isGone: true });
  const { applicationId } = state.customers.get(account.customerId);
  state.ledger.undone(call, { kind: 'account', id: account.accountId, order: applicationId });
  return { status: 204 };
}

function freshly({ idempotencyKey }: Call): Kept {
  return { idempotencyKey: idempotencyKey ?? null, isGone: false };
}

function found<T extends Kept>(records: Records<T>, call: Call): readonly T[] {
  const { idempotencyKey } = readQuery(byKey, call.query);
  return records.list().filter((one) => one.idempotencyKey === idempotencyKey && !one.isGone);
}

function customerOf({ customers }: State, customerId: string): Customer {
  const customer = customers.get(customerId);
  if (customer.isGone) throw new Problem(404, 'not-found', `The customer ${customerId} is gone.`);
  return customer;
}

function stateOf({ activations }: State, customerId: string): 'active' | 'prospect' {
  const isActive = activations.list().some((one) => one.customerId === customerId && !one.isGone);
  return isActive ? 'active' : 'prospect';
}

function openOf({ accounts }: State, customerId: string): boolean {
  return accounts.list().some((one) => one.customerId === customerId && !one.isGone);
}

function shownCustomer({ customerId, applicationId }: Customer, state: 'active' | 'prospect'): object {
  return { customerId, state, applicationId };
}

function shownActivation({ activationId, customerId }: Activation): object {
  return { activationId, customerId, state: 'active' };
}

function shownAccount({ accountId, customerId, product }: Account): object {
  return { accountId, customerId, product };
}
