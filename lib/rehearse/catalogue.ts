/**
 * The fault catalogue of one workflow: which calls there are to be disturbed, and by what. A place in a run, as scripts
 * name it, belongs to one row (a call, or a part of the settlement) and one kind of fault.
 */
import { stepOfPath } from '../model/item-path.ts';
import { own } from '../model/json.ts';
import type { Plan, PlanCall, PlanStep } from '../model/plan.ts';
import { DISTURBANCES, OF_SAFE, LASTING } from './script.ts';
import { peopleFaultsOf } from './people.ts';
import { HANDLER_FAULTS, MESSAGE_FAULTS, NETWORK_FAULTS, PEOPLE_FAULTS } from './weather.ts';

export interface PlaceOfFault {
  /** `reserve-stock`, `undo reserve-stock`, `probe reserve-stock`, `settle`, `close`, `run`. */
  readonly row: string;
  readonly kind: string;
}

/** Where dead letters go: it may be away for good, as a system. */
export const QUEUE = 'dead-letters';

const ALWAYS: readonly string[] = LASTING.map((fault) => `always-${fault}`);
const HANDLER: readonly string[] = [...HANDLER_FAULTS, 'twice-late', 'overslept'];
const EVENTS: readonly string[] = ['not-started', 'event-lost', 'event-late', 'event-twice', 'retried'];

/** In the order of a report. */
export const KINDS: readonly string[] = [
  ...NETWORK_FAULTS,
  ...MESSAGE_FAULTS,
  ...PEOPLE_FAULTS,
  ...ALWAYS,
  ...HANDLER,
  ...DISTURBANCES,
  ...EVENTS,
];

const SETTLING: ReadonlySet<string> = new Set(['settle', 'raise', 'hand-over', 'letter']);

export class Catalogue {
  readonly rows: readonly string[];
  private readonly plan: Plan;
  private readonly byOperation = new Map<string, string>();

  constructor(plan: Plan) {
    this.plan = plan;
    const steps = Object.values(plan.steps);
    for (const step of steps) this.name(step, step.path);
    const sides = steps.flatMap(({ path, undo, probe, fallback }) => [
      ...(undo?.kind === 'calls' ? undo.calls.map((call) => [call, `undo ${path}`] as const) : []),
      ...(probe ? [[probe.call, `probe ${path}`] as const] : []),
      ...(fallback?.kind === 'call' ? [[fallback.call, `fallback ${path}`] as const] : []),
    ]);
    for (const [call, row] of sides) this.name(own(plan.calls, call), row);
    this.rows = [
      ...new Set([...steps.map(({ path }) => path), ...sides.map(([, row]) => row), 'settle', 'close', 'run']),
    ];
  }

  of(place: string): PlaceOfFault {
    const [, what = place] = /^(.*) #\d+$/.exec(place) ?? [];
    const [kind = '', ...rest] = what.split(' ');
    if (rest[0] === 'at') return { kind, row: this.byOperation.get(rest[1] ?? '') ?? this.rowAt(rest[1]) };
    const subject = rest[0] === 'before' || rest[0] === 'during' ? rest.slice(1) : rest;
    return { kind, row: this.rowOf(subject) };
  }

  /** The operation that a row calls. */
  operationOf(row: string): string | undefined {
    return [...this.byOperation].find(([, known]) => known === row)?.[0];
  }

  /** Every fault of the catalogue at every call, by name, whether a run ever gets there or not. */
  everything(): readonly PlaceOfFault[] {
    return this.rows.flatMap((row) => {
      const call = this.callOf(row);
      if (!call) return [];
      if ('receive' in call && call.receive) return MESSAGE_FAULTS.map((kind) => ({ row, kind }));
      const network = NETWORK_FAULTS.filter((kind) =>
        row.startsWith('probe ') && kind === 'odd' ? false : call.effect !== 'safe' || OF_SAFE.has(kind),
      );
      const people = 'interaction' in call && call.interaction ? peopleFaultsOf(call.interaction) : [];
      return [...network, ...people, ...ALWAYS].map((kind) => ({ row, kind }));
    });
  }

  /** A person is asked at a step, by its name. */
  private rowAt(name = ''): string {
    if (name === QUEUE) return 'settle';
    const path = stepOfPath(name);
    return own(this.plan.steps, path) ? path : 'run';
  }

  private callOf(row: string): PlanCall | PlanStep | undefined {
    const step = own(this.plan.steps, row);
    if (step) return step;
    const [kind, path = ''] = row.split(' ');
    const of = own(this.plan.steps, path);
    if (kind === 'probe') return of?.probe && own(this.plan.calls, of.probe.call);
    return kind === 'undo' && of?.undo?.kind === 'calls' ? own(this.plan.calls, of.undo.calls[0] ?? '') : undefined;
  }

  private rowOf([first = '', second = '']: readonly string[]): string {
    // An item of a list is disturbed as its step is.
    if (first === 'call') return stepOfPath(second);
    if (first === 'undo' || first === 'probe') return `${first} ${stepOfPath(second)}`;
    return first === 'close' ? 'close' : SETTLING.has(first) ? 'settle' : 'run';
  }

  private name(call: PlanCall | undefined, row: string): void {
    const planned = call && own(this.plan.operations, call.operation);
    if (!planned) return;
    const name = `${planned.system}.${planned.operationId}`;
    if (!this.byOperation.has(name)) this.byOperation.set(name, row);
  }
}
