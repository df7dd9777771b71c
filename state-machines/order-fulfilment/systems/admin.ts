/**
 * The back door of a demo system: what it really did (`/__state`), what shall go wrong next (`/__faults`), and back to
 * the start (`/__reset`). No real system has it; workflows never use it.
 */
import { type Faults, faultFrom, faultRequest } from './faults.ts';
import { Problem } from './problem.ts';
import type { Answer, Call, Route } from './router.ts';
import { readBody } from './shape.ts';
import type { System } from './system.ts';

export interface Backstage {
  readonly system: System;
  readonly faults: Faults;
  /** How many calls of each operation were admitted, whatever became of them. */
  readonly calls: ReadonlyMap<string, number>;
  reset(): void;
}

export function adminRoutes(backstage: Backstage): readonly Route[] {
  const { faults } = backstage;
  return [
    {
      method: 'GET',
      path: '/__state',
      operation: 'readState',
      handle: () => ({ status: 200, body: stateOf(backstage) }),
    },
    { method: 'GET', path: '/__faults', operation: 'listFaults', handle: () => pending(faults) },
    { method: 'POST', path: '/__faults', operation: 'addFault', handle: (call) => addFault(backstage, call) },
    {
      method: 'DELETE',
      path: '/__faults',
      operation: 'clearFaults',
      handle: () => {
        faults.clear();
        return pending(faults);
      },
    },
    {
      method: 'POST',
      path: '/__reset',
      operation: 'reset',
      handle: () => {
        backstage.reset();
        return { status: 204 };
      },
    },
  ];
}

function stateOf({ system, calls }: Backstage): object {
  return {
    system: system.name,
    standing: system.ledger.standing(),
    calls: Object.fromEntries(calls),
    ledger: system.ledger.entries(),
    records: system.snapshot(),
  };
}

function addFault({ system, faults }: Backstage, call: Call): Answer {
  const request = readBody(faultRequest, call.body);
  if (request.operation === undefined && request.latencyMs === undefined) {
    throw new Problem(422, 'invalid-request', 'Name an operation, or give latencyMs for all.');
  }
  if (request.operation !== undefined) {
    refuseUnknown(system, request.operation);
    faults.add(faultFrom(request, request.operation));
  }
  if (request.latencyMs !== undefined) faults.slowDown(request.latencyMs);
  return pending(faults);
}

function refuseUnknown(system: System, operation: string): void {
  const known = system.routes.map((route) => route.operation);
  if (operation === '*' || known.includes(operation)) return;
  const detail = `${system.name} has no operation ${operation}; it has ${known.join(', ')}.`;
  throw new Problem(422, 'unknown-operation', detail);
}

function pending(faults: Faults): Answer {
  return { status: 200, body: { latencyMs: faults.latencyMs(), faults: faults.list() } };
}
