/** What a rehearsed run leaves behind, for the invariants to judge: what the systems know, and what was said about it. */
import type { HistoryEvent } from '../engine/history.ts';
import type { Json } from '../model/json.ts';
import type { RunEvent } from '../model/run.ts';
import type { EpochPlans } from '../runtime/effects.ts';
import type { AuditEntry, RunRecord } from '../runtime/ports/journal.ts';
import type { LogRecord } from '../runtime/ports/telemetry.ts';
import type { Fired } from './chance.ts';
import type { Sent } from './network.ts';
import type { LandedEffect } from './systems.ts';
import type { Written } from './watched-journal.ts';

export interface Evidence {
  readonly record: RunRecord;
  readonly plans: EpochPlans;
  readonly audits: readonly AuditEntry[];
  readonly effects: readonly LandedEffect[];
  readonly astray: readonly { readonly at: number; readonly operation: string }[];
  readonly sent: readonly Sent[];
  readonly written: readonly Written[];
  readonly letters: readonly Json[];
  readonly events: readonly RunEvent[];
  readonly log: readonly LogRecord[];
  /** Values that nobody may show: looked up for whoever shows something. */
  readonly hidden: () => Promise<readonly string[]>;
  readonly histories: ReadonlyMap<string, readonly HistoryEvent[]>;
  /** Exceptions that no handler may throw. */
  readonly bugs: readonly Error[];
  readonly fired: readonly Fired[];
  readonly now: number;
  /** It never came to rest. */
  readonly restless: boolean;
  /** An operator has had a hand in it. */
  readonly handled: boolean;
}
