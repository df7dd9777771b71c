/**
 * The journal of a rehearsal with the order of its decisive writes: when the fence went up, what was begun, what an undo
 * began and ended. It changes nothing; the invariants read it where times alone say too little.
 */
import { isObject } from '../model/json.ts';
import type { Kept } from '../model/kept.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  GroupIntent,
  GroupRecord,
  Intent,
  Journal,
  ShardKey,
  UndoRecord,
  Verdict,
} from '../runtime/ports/journal.ts';
import { shardText } from '../runtime/shards.ts';

export interface Written {
  readonly at: number;
  readonly epoch: number;
  readonly what:
    | 'fence'
    | 'intent'
    | 'applied'
    | 'failed'
    | 'shard-close'
    | 'verdict'
    | 'undo-intent'
    | 'undo-end'
    | 'close'
    | 'end';
  readonly step?: string;
  /** Of an intent, and of a shard's close: the shard. */
  readonly detail?: string;
  /** Of an answer, or of a probe. */
  readonly outputs?: Kept;
}

export interface WatchedJournal {
  readonly journal: Journal;
  readonly written: Written[];
}

export function watchedJournal(inner: Journal, now: () => number): WatchedJournal {
  const written: Written[] = [];
  const note = (one: Seen): void => void written.push({ at: now(), ...one });
  const journal = new Proxy(inner, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const answer: unknown = await Reflect.apply(method, target, given);
        for (const seen of [WATCHED[String(name)]?.(given, kindOf(answer)) ?? []].flat()) note(seen);
        return answer;
      };
    },
  });
  return { journal, written };
}

type Seen = Omit<Written, 'at'>;
type Watch = (given: readonly unknown[], kind: string) => Seen | readonly Seen[] | undefined;

/** The port's own argument lists, as far as they are read here. */
const WATCHED: { readonly [method: string]: Watch } = {
  intend: ([, intent], kind) => {
    const { epoch, key } = intent as Intent;
    return kind === 'granted' ? { what: 'intent', epoch, step: key.step } : undefined;
  },
  fence: ([, epoch]) => ({ what: 'fence', epoch: Number(epoch) }),
  apply: ([, outcome], kind) => {
    const { epoch, key, outputs } = outcome as AppliedOutcome;
    return kind === 'recorded' ? { what: 'applied', epoch, step: key.step, outputs } : undefined;
  },
  fail: ([, failed, fence], kind) => {
    const { epoch, key, outcome } = failed as FailedOutcome;
    const what = fence === true ? 'fence' : 'failed';
    return kind === 'recorded' ? { what, epoch, step: key.step, detail: outcome } : undefined;
  },
  intendGroup: ([, intent], kind) => {
    const { epoch, items, shard } = intent as GroupIntent;
    const detail = shardText(shard);
    return kind === 'granted' ? items.map(({ key }) => ({ what: 'intent', epoch, step: key.step, detail })) : undefined;
  },
  recordGroup: ([, record], kind) => (kind === 'recorded' ? itemsOf(record as GroupRecord) : undefined),
  closeShard: ([, shard, epoch]) => ({
    what: 'shard-close',
    epoch: Number(epoch),
    detail: shardText(shard as ShardKey),
  }),
  decide: ([, given], kind) => {
    const { epoch, key, verdict, outputs } = given as Verdict;
    const taken = outputs && { outputs };
    return kind === 'recorded' ? { what: 'verdict', epoch, step: key.step, detail: verdict, ...taken } : undefined;
  },
  intendUndo: ([, record], kind) => {
    const { epoch, key, nonce } = record as UndoRecord;
    return kind === 'granted' ? { what: 'undo-intent', epoch, step: key.step, detail: nonce } : undefined;
  },
  recordUndo: ([, record], kind) => {
    const { epoch, key, state } = record as UndoRecord;
    return kind === 'recorded' ? { what: 'undo-end', epoch, step: key.step, detail: state } : undefined;
  },
  close: ([, close], kind) => {
    const { epoch } = close as { readonly epoch: number };
    return kind === 'closed' ? { what: 'close', epoch } : undefined;
  },
  finish: ([, end], kind) => {
    const { epoch, phase } = end as { readonly epoch: number; readonly phase: string };
    return kind === 'finished' ? { what: 'end', epoch, detail: phase } : undefined;
  },
};

/** A group's items, each as if it had been written by itself. */
function itemsOf({ applied, failed }: GroupRecord): readonly Seen[] {
  return [
    ...applied.map(({ epoch, key, outputs }) => ({ what: 'applied', epoch, step: key.step, outputs }) as const),
    ...failed.map(({ epoch, key, outcome }) => ({ what: 'failed', epoch, step: key.step, detail: outcome }) as const),
  ];
}

function kindOf(answer: unknown): string {
  // Answers of the port are plain values.
  return isObject(answer) ? String((answer as { readonly kind?: unknown }).kind) : '';
}
