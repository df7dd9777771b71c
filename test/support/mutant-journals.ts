/**
 * Journals with one of their conditions taken out (run-contract section 9), each by the numbers of the interleavings that
 * the condition is there for. The rule is broken here and never by a switch in the product.
 */
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import type { Journal } from '../../lib/runtime/ports/journal.ts';
import { keyText } from '../../lib/runtime/visit.ts';

type Given<M extends keyof Journal> = Parameters<Journal[M]>;

const OPEN = Number.POSITIVE_INFINITY;
const GRANTED = { kind: 'granted', deadline: OPEN, seq: 9 } as const;

/** An intent is granted though the journal has said no for this reason. */
function granting(reason: string): () => MemoryJournal {
  return () =>
    new (class extends MemoryJournal {
      override async intend(...given: Given<'intend'>): ReturnType<Journal['intend']> {
        const answer = await super.intend(...given);
        return answer.kind === reason ? GRANTED : answer;
      }
    })();
}

function usurp(journal: MemoryJournal, run: string, { owner, leaseUntil }: Given<'compensate'>[1]): void {
  const kept = journal['runs'].get(run);
  if (kept) kept.header = { ...kept.header, compensator: { owner, leaseUntil } };
}

function ownedBy(owner: string | undefined): { readonly owner?: string } {
  return owner === undefined ? {} : { owner };
}

function compensatorOf(journal: MemoryJournal, run: string): string | undefined {
  return journal['runs'].get(run)?.header.compensator?.owner;
}

export interface MutantJournal {
  readonly name: string;
  readonly make: () => MemoryJournal;
  /** Of the runs by which it is found; no fault alone takes an hour. */
  readonly deadlineMs?: number;
}

export const MUTANT_JOURNALS: readonly MutantJournal[] = [
  { name: 'intend does not ask for the phase [18]', make: granting('fenced') },
  { name: 'intend does not ask for the lease [8, 16]', make: granting('repeat') },
  { name: 'intend does not ask for the epoch [9]', make: granting('stale') },
  { name: 'intend does not ask for the deadline', make: granting('past-deadline'), deadlineMs: 15_000 },
  {
    name: 'apply does not ask for a verdict [5]',
    make: () =>
      new (class extends MemoryJournal {
        override async apply(...[run, outcome]: Given<'apply'>): ReturnType<Journal['apply']> {
          const answer = await super.apply(run, outcome);
          if (answer.kind !== 'late') return answer;
          this['runs'].get(run)?.settled.delete(keyText(outcome.key));
          return await super.apply(run, outcome);
        }
      })(),
  },
  {
    name: 'fail raises no fence',
    make: () =>
      new (class extends MemoryJournal {
        override async fail(...[run, outcome, , of]: Given<'fail'>): ReturnType<Journal['fail']> {
          return await super.fail(run, outcome, false, of);
        }
      })(),
  },
  {
    name: 'fail does not ask whose the intent is [16]',
    make: () =>
      new (class extends MemoryJournal {
        override async fail(...[run, outcome, fence]: Given<'fail'>): ReturnType<Journal['fail']> {
          return await super.fail(run, outcome, fence);
        }
      })(),
  },
  {
    name: 'a doubt is quiet at once [4, 5]',
    make: () =>
      new (class extends MemoryJournal {
        override async fail(...[run, outcome, ...rest]: Given<'fail'>): ReturnType<Journal['fail']> {
          return await super.fail(run, { ...outcome, quietAfter: outcome.endedAt }, ...rest);
        }
      })(),
  },
  {
    name: 'an intent is leased to nobody [8]',
    make: () =>
      new (class extends MemoryJournal {
        override async intend(...[run, intent, ...rest]: Given<'intend'>): ReturnType<Journal['intend']> {
          return await super.intend(run, { ...intent, leaseUntil: intent.at }, ...rest);
        }
      })(),
  },
  {
    name: 'the fence is not raised by who asks for it [17]',
    make: () =>
      new (class extends MemoryJournal {
        override async fence(...[run]: Given<'fence'>): ReturnType<Journal['fence']> {
          const header = await super.header(run);
          return header && { phase: header.phase };
        }
      })(),
  },
  {
    name: 'close does not ask for the phase [13, 14]',
    make: () =>
      new (class extends MemoryJournal {
        override async close(...[run, asked]: Given<'close'>): ReturnType<Journal['close']> {
          const answer = await super.close(run, asked);
          if (answer.kind !== 'fenced') return answer;
          super.change(run, { phase: 'forward' });
          return await super.close(run, asked);
        }
      })(),
  },
  {
    name: 'compensate does not ask who compensates [15]',
    make: () =>
      new (class extends MemoryJournal {
        override async compensate(...[run, claim]: Given<'compensate'>): ReturnType<Journal['compensate']> {
          const answer = await super.compensate(run, claim);
          if (answer.kind !== 'held') return answer;
          usurp(this, run, claim);
          return { kind: 'granted' };
        }
      })(),
  },
  {
    name: 'nobody asks who compensates: to claim, to decide, to undo, to finish [15]',
    make: () =>
      new (class extends MemoryJournal {
        override async compensate(...[run, claim]: Given<'compensate'>): ReturnType<Journal['compensate']> {
          const answer = await super.compensate(run, claim);
          return answer.kind === 'held' ? { kind: 'granted' } : answer;
        }
        override async decide(...[run, verdict, owner]: Given<'decide'>): ReturnType<Journal['decide']> {
          return await super.decide(run, verdict, owner && compensatorOf(this, run));
        }
        override async intendUndo(...[run, record, { owner }]: Given<'intendUndo'>): ReturnType<Journal['intendUndo']> {
          const answer = await super.intendUndo(run, record, ownedBy(owner && compensatorOf(this, run)));
          return answer.kind === 'exists' ? { kind: 'granted' } : answer;
        }
        override async finish(...[run, end]: Given<'finish'>): ReturnType<Journal['finish']> {
          return await super.finish(run, { ...end, owner: compensatorOf(this, run) ?? end.owner });
        }
      })(),
  },
  {
    name: 'who compensates has no lease [15]',
    make: () =>
      new (class extends MemoryJournal {
        override async compensate(...[run, claim]: Given<'compensate'>): ReturnType<Journal['compensate']> {
          return await super.compensate(run, { ...claim, leaseUntil: claim.at });
        }
      })(),
  },
  {
    name: 'an undo does not ask who undoes, nor whether it was done [15]',
    make: () =>
      new (class extends MemoryJournal {
        override async intendUndo(...given: Given<'intendUndo'>): ReturnType<Journal['intendUndo']> {
          await super.intendUndo(...given);
          return { kind: 'granted' };
        }
      })(),
  },
  {
    name: 'what became of an undo is not written down',
    make: () =>
      new (class extends MemoryJournal {
        override recordUndo(): ReturnType<Journal['recordUndo']> {
          return Promise.resolve({ kind: 'recorded' });
        }
      })(),
  },
  {
    name: 'a verdict is not written down [5]',
    make: () =>
      new (class extends MemoryJournal {
        override decide(): ReturnType<Journal['decide']> {
          return Promise.resolve({ kind: 'recorded' });
        }
      })(),
  },
  {
    name: 'finish does not ask who has settled [15]',
    make: () =>
      new (class extends MemoryJournal {
        override async finish(...[run, end]: Given<'finish'>): ReturnType<Journal['finish']> {
          const header = await super.header(run);
          const owner = header?.compensator?.owner ?? end.owner;
          return await super.finish(run, { ...end, owner });
        }
      })(),
  },
];
