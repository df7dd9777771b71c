/**
 * A request while it is being put together: what is there so far, what had to be left out, and why it cannot be sent.
 * The parts write into it in any order; one that finds a fault goes on, so that all faults are named at once. Neither
 * notes nor problems hold a value of the run.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { HttpHeader } from '../ports/http.ts';

/** Where somebody counts the steps that building takes. */
export interface Spending {
  spend(steps?: number): void;
}

/** Characters that are copied in the time of one step. */
const COPIED = 100;

export class RequestDraft {
  /** By name: what replaces `{name}`; one without a value, which is a problem of its own, stands here as ''. */
  readonly path: Map<string, string> = new Map();
  /** Encoded `name=value` pairs. */
  readonly query: string[] = [];
  readonly headers: HttpHeader[] = [];
  readonly cookies: string[] = [];
  /** The values as `$request.path` and `$request.query` see them. */
  readonly values: { path: JsonObject; query: JsonObject } = { path: {}, query: {} };
  /** What the run goes on without. */
  readonly notes: string[] = [];
  /** Each of these keeps the request from being sent. */
  readonly problems: string[] = [];

  private readonly work: Spending | undefined;

  constructor(work?: Spending) {
    this.work = work;
  }

  /** A value that was looked at as a whole, and written. */
  spendOn(value: Json): void {
    if (!this.work) return;
    const pending: Json[] = [value];
    for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
      this.work.spend(typeof one === 'string' ? 1 + Math.ceil(one.length / COPIED) : 1);
      if (Array.isArray(one)) for (const item of one as readonly Json[]) pending.push(item);
      else if (isObject(one)) for (const member of Object.values(one)) pending.push(member);
    }
  }

  header(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
  }
}
