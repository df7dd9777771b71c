/**
 * Every numbered interleaving of the run contract's section 12, by its number: played, the product keeps its promises; with
 * the rule taken out that closes it, the same faults break one, or end otherwise than they have to. Where the contract has
 * made a check of a rule, the check is what finds it. docs/interleavings.md is the list.
 */
import { describe, expect, test } from 'vitest';
import { machineFindings } from '../../lib/engine/definition/validation.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { MemoryLocks } from '../../lib/rehearse/memory-protection.ts';
import { answer } from '../../lib/runtime/operator/answer.ts';
import { retry } from '../../lib/runtime/operator/retry.ts';
import {
  AnsweredLate,
  DoubtIsAbsent,
  endsOfAnyEpoch,
  FirstInputOnly,
  GRACELESS,
  journalWithout,
  keepingKeys,
  LockByTime,
  machineAs,
  missingIsNotSent,
  plannedAs,
  QuietOnceApplied,
  Timeless,
  unanswered,
  UndoIsQuiet,
  withStep,
  withUndoOfNull,
} from '../support/bent-rules.ts';
import { type Bend, books, type Interleaved, interleaved, judged } from '../support/interleaving.ts';
import { type FlowOptions, rehearsedFlow, stepOf, undoable, unprobed } from '../support/rehearsing.ts';

const BOTH = { first: undoable('first'), second: undoable('second') };
const BLIND = { first: unprobed('first'), second: unprobed('second') };
const BY_REF: JsonObject = { parameters: [{ name: 'ref', in: 'path', value: '$inputs.ref' }] };
const PUT: JsonObject = { operationId: 'put-first', ...BY_REF };
const DROPPED: JsonObject = { compensate: { operationId: 'drop-first', ...BY_REF } };
const SECOND_REFUSED = 'refused at shop.make-second #1';
const RETRIED = 'retried at the end #1';
const TIME = 120_000;

interface Case {
  readonly number: number;
  readonly says: string;
  readonly flow: FlowOptions;
  readonly faults: readonly string[];
  /** How the product ends. */
  readonly ends: string;
  readonly without: Bend;
  /** By the number of a broken invariant, or by another end. */
  readonly found: number | string;
}

const CASES: readonly Case[] = [
  {
    number: 1,
    says: 'a handled failure leaves an effect',
    flow: { ...BOTH, fields: { first: { onFailure: [{ name: 'other', type: 'goto', stepId: 'second' }] } } },
    faults: ['odd at shop.make-first #1'],
    ends: 'compensated',
    without: plannedAs((plan) => withStep(plan, 'first', () => ({ effect: 'safe' }))),
    found: 2,
  },
  {
    number: 2,
    says: 'an undo with missing values is sent',
    flow: BLIND,
    faults: ['lost-after at shop.make-first #1'],
    ends: 'needs-attention',
    without: plannedAs(withUndoOfNull),
    found: 5,
  },
  {
    number: 3,
    says: 'undo walks past what is unresolved',
    flow: BLIND,
    faults: ['lost-after at shop.make-second #1'],
    ends: 'needs-attention',
    without: { journal: () => new DoubtIsAbsent() },
    found: 6,
  },
  {
    number: 4,
    says: 'a probe is asked too early',
    flow: BOTH,
    faults: ['late at shop.make-first #1'],
    ends: 'succeeded',
    without: GRACELESS,
    found: 2,
  },
  {
    number: 5,
    says: 'a doubt outlives its step',
    flow: { ...BOTH, first: unprobed('first'), fields: { first: PUT } },
    faults: ['late at shop.put-first #1', SECOND_REFUSED],
    ends: 'compensated',
    without: { journal: () => new QuietOnceApplied() },
    found: 3,
  },
  {
    number: 6,
    says: 'a late undo kills the redo',
    flow: { ...BOTH, first: DROPPED, fields: { first: PUT } },
    faults: [SECOND_REFUSED, 'late at shop.drop-first #1', RETRIED],
    ends: 'compensated',
    without: { journal: () => new UndoIsQuiet() },
    found: 2,
  },
  {
    number: 7,
    says: 'the server has forgotten the key',
    flow: {
      ...BOTH,
      first: { ...unprobed('first'), idempotency: { header: 'Idempotency-Key', retention: '5s' } },
    },
    faults: ['lost-after at shop.make-first #1'],
    ends: 'needs-attention',
    without: plannedAs((plan) =>
      withStep(plan, 'first', ({ idempotency }) =>
        idempotency ? { idempotency: { ...idempotency, retentionMs: 86_400_000 } } : {},
      ),
    ),
    found: 2,
  },
  {
    number: 8,
    says: 'a handler sends after its lease',
    flow: BOTH,
    faults: ['abort before call first #1', 'always-lost-after at shop.make-first #1'],
    ends: 'compensated',
    without: journalWithout('an intent is leased to nobody [8]'),
    found: 3,
  },
  {
    number: 9,
    says: 'a zombie of an old epoch goes on',
    flow: BOTH,
    faults: ['paused call second before intend #1', 'cancel before call second #1', RETRIED],
    ends: 'succeeded',
    without: journalWithout('intend does not ask for the epoch [9]'),
    found: 6,
  },
  {
    number: 11,
    says: 'what is done anew has an old key',
    flow: { ...BOTH, first: { ...unprobed('first'), idempotency: { header: 'Idempotency-Key' } } },
    faults: [SECOND_REFUSED, RETRIED],
    ends: 'succeeded',
    without: { within: keepingKeys },
    found: 2,
  },
  {
    number: 13,
    says: 'a finished run is undone, since nobody heard of its end',
    flow: BOTH,
    faults: [],
    ends: 'succeeded',
    without: machineAs((states) => ({ ...states, Close: { Type: 'Succeed' } })),
    found: 7,
  },
  {
    number: 14,
    says: 'a late event fences the run that was opened again',
    flow: BOTH,
    faults: [SECOND_REFUSED, RETRIED, 'event-twice #1', 'paused call second before intend #2'],
    ends: 'succeeded',
    without: { within: endsOfAnyEpoch },
    found: 'compensated',
  },
  {
    number: 15,
    says: 'two compensators undo twice',
    flow: BOTH,
    faults: ['abort before call second #1', 'twice undo first #1'],
    ends: 'compensated',
    without: journalWithout('an undo does not ask who undoes, nor whether it was done [15]'),
    found: 5,
  },
  {
    number: 16,
    says: 'who has not got the lease fails the run',
    flow: BOTH,
    faults: ['twice call first #1'],
    ends: 'succeeded',
    without: machineAs(({ first, ...states }) => {
      if (first?.Type !== 'Task') throw new Error('the first step is a task');
      return { ...states, first: { ...first, Retry: (first.Retry ?? []).slice(1) } };
    }),
    found: 'compensated',
  },
  {
    number: 17,
    says: 'a failure that no handler saw raises no fence',
    flow: BOTH,
    faults: ['abort before call first #1'],
    ends: 'compensated',
    without: journalWithout('the fence is not raised by who asks for it [17]'),
    found: 1,
  },
  {
    number: 18,
    says: 'a function runs on after an end that nobody can catch',
    flow: BOTH,
    faults: ['cancel before call first #1'],
    ends: 'failed',
    without: journalWithout('intend does not ask for the phase [18]'),
    found: 6,
  },
  {
    number: 21,
    says: 'a sub-workflow is compensated by itself and by who called it',
    flow: {
      ...BOTH,
      workflows: [
        {
          workflowId: 'inner',
          inputs: { type: 'object', properties: { ref: { type: 'string' } } },
          steps: [stepOf('first', undoable('first'))],
        },
      ],
      more: [
        { stepId: 'sub', workflowId: 'inner', parameters: [{ name: 'ref', value: '$inputs.ref' }] },
        stepOf('third', undoable('third')),
      ],
    },
    faults: ['refused at shop.make-third #1'],
    ends: 'compensated',
    without: plannedAs((plan) =>
      withStep(plan, 'sub/first', ({ undo }) =>
        undo?.kind === 'calls' ? { undo: { ...undo, calls: [...undo.calls, ...undo.calls] } } : {},
      ),
    ),
    found: 5,
  },
  {
    number: 23,
    says: 'an answer that is missing counts as a request that was never sent',
    flow: BOTH,
    faults: ['lost-after at shop.make-first #1'],
    ends: 'succeeded',
    without: { within: missingIsNotSent },
    found: 2,
  },
  {
    number: 24,
    says: 'a start is half done',
    flow: BOTH,
    faults: ['not-started #1'],
    ends: 'succeeded',
    without: {
      within: (rehearsal) => {
        rehearsal.executions.sweep = () => Promise.resolve();
      },
    },
    found: 1,
  },
];

const FORM: JsonObject = { ...undoable('second'), interaction: interactionOf('30m') };

function interactionOf(deadline: string): JsonObject {
  return { type: 'form', title: 'Make it?', schema: { type: 'object' }, deadline, onTimeout: 'reject' };
}

async function flowOf(flow: FlowOptions): ReturnType<typeof rehearsedFlow> {
  return await rehearsedFlow(flow);
}

describe('an interleaving of the run contract', () => {
  test.each(CASES)(
    '[$number] $says: not here, and once its rule is taken out',
    async ({ flow, faults, ends, without, found }) => {
      const { options } = await flowOf(flow);
      const product = await interleaved(options, faults);
      expect(product).toMatchObject({ phase: ends, broken: [] });
      expect(product.fired).toHaveLength(faults.length);
      const mutant = await interleaved(options, faults, without);
      if (typeof found === 'number') expect(mutant.broken).toContain(found);
      else expect(mutant.phase).toBe(found);
    },
    TIME,
  );

  test('[2] an undo of a doubt that reads what a doubt cannot have is refused by the check', async () => {
    const { compensate } = BOTH.first as { readonly compensate: JsonObject };
    const blind = { compensate: { ...compensate, whenInDoubt: 'undo' } };
    await expect(flowOf({ ...BOTH, first: blind })).rejects.toThrow(/XIL034/);
  });

  test('[10] a corrected input gets no answer that an old one has made', async () => {
    const { options } = await flowOf({ ...BOTH, policies: { onFailure: 'hold' } });
    const corrected = async (bend: Bend): Promise<Interleaved> => {
      const { rehearsal, phase } = await interleaved(options, [SECOND_REFUSED], bend);
      expect(phase).toBe('needs-attention');
      const asked = { run: 'run', actor: 'operator', input: { ref: 'order-2' } };
      expect(await retry(asked, rehearsal.operatorPorts())).toMatchObject({ kind: 'retried' });
      await rehearsal.rest();
      return await judged(rehearsal);
    };
    const product = await corrected({});
    expect(product).toMatchObject({ phase: 'needs-attention', broken: [] });
    expect(product.evidence.record.header.error?.message).toContain('first is not done again: it stands');
    // The order that was corrected away is the one that went through.
    expect((await corrected({ journal: () => new FirstInputOnly() })).phase).toBe('succeeded');
  });

  test('[12] an effect is undone by the plan that it was made under', async () => {
    const { options } = await flowOf({ ...BOTH, policies: { onFailure: 'hold' } });
    const { workflow: next } = (await flowOf({ ...BOTH, first: DROPPED })).options;
    const plans = new Map([options.workflow, next].map(({ planHash, plan }) => [planHash, plan]));
    const retried = async (keeps: boolean): Promise<Interleaved> => {
      const { rehearsal } = await interleaved(options, [SECOND_REFUSED, 'refused at shop.make-second #2']);
      const ports = rehearsal.operatorPorts();
      ports.plans.plan = (hash) => Promise.resolve((keeps ? plans.get(hash) : undefined) ?? next.plan);
      await retry({ run: 'run', actor: 'operator', corrected: next }, ports);
      await rehearsal.rest();
      return await judged(rehearsal);
    };
    expect(await retried(true)).toMatchObject({ phase: 'compensated', broken: [] });
    expect((await retried(false)).broken).toContain(3);
  });

  test('[19] a run that sleeps is woken by its fence', async () => {
    const { options } = await flowOf({ ...BOTH, second: FORM });
    const slept = async (wakes: boolean): Promise<number> => {
      const { phase, broken, evidence } = await interleaved(options, ['cancel before await #1'], {
        within: (rehearsal) => {
          unanswered(rehearsal);
          if (!wakes) rehearsal.executions.wake = () => Promise.resolve('gone');
        },
      });
      expect({ phase, broken }).toEqual({ phase: 'compensated', broken: [] });
      const { endedAt = Number.NaN, startedAt } = evidence.record.header;
      return endedAt - startedAt;
    };
    expect(await slept(true)).toBeLessThan(1_000);
    // Until the time of the person is up.
    expect(await slept(false)).toBeGreaterThan(1_800_000);
  });

  test('[20] an approval and the end of its time exclude each other', async () => {
    const { options } = await flowOf({ ...BOTH, second: FORM });
    const told = async (afterMs: number, bend: Bend): Promise<string> => {
      let said = 'nothing';
      const { phase, broken } = await interleaved(options, [], {
        ...bend,
        within: (rehearsal) => {
          const approval = { run: 'run', actor: 'person', step: 'second', visit: 1, as: 'approved', data: {} } as const;
          rehearsal['people'].told = ({ type }) => {
            if (type !== 'step-waiting') return;
            rehearsal.clock.after(afterMs, () => {
              void answer(approval, rehearsal.operatorPorts()).then(({ kind }) => {
                said = kind;
              });
            });
          };
        },
      });
      expect(broken).toEqual([]);
      return `${said}, ${phase}`;
    };
    expect(await told(1_799_000, {})).toBe('answered, succeeded');
    expect(await told(1_800_000, {})).toBe('refused, compensated');
    // Told that it counts, and it does not.
    const late = { beside: () => ({ callbacks: new AnsweredLate() }) };
    expect(await told(1_800_000, late)).toBe('answered, compensated');
  });

  test('[22] a lock ends with its owner, and not with time', async () => {
    const { options } = await flowOf({ ...BOTH, policies: { lock: { key: 'ref-{$inputs.ref}', wait: '10m' } } });
    const { planHash, plan } = options.workflow;
    const other = { runId: 'other', workflowId: plan.workflowId, planHash, handler: '1', actor: 'other' };
    const times = { startedAt: Date.UTC(2026, 0, 1), deadline: Date.UTC(2026, 0, 2) };
    const behind = async (locks: MemoryLocks): Promise<Interleaved> => {
      const journal = new MemoryJournal();
      await journal.start({ ...other, ...times, inputDigest: '', input: {} });
      await locks.acquire({ key: 'ref-order-1', run: 'other', epoch: 1, at: times.startedAt });
      return await interleaved(options, [], { beside: () => ({ locks }), journal: () => journal });
    };
    const product = await behind(new MemoryLocks());
    expect(product).toMatchObject({ phase: 'failed', broken: [] });
    expect(product.evidence.sent).toEqual([]);
    // The other run is still at it.
    const mutant = await behind(new LockByTime());
    expect(books(mutant).standing).toEqual(['first-1', 'second-2']);
  });

  test('[25] what a loop has done is undone backwards, by time', async () => {
    const again = { name: 'again', type: 'goto', stepId: 'first', criteria: [{ condition: '$statusCode == 201' }] };
    const { options } = await flowOf({ ...BOTH, fields: { second: { onSuccess: [again] } } });
    const faults = ['refused at shop.make-first #3'];
    const product = await interleaved(options, faults);
    expect(product).toMatchObject({ phase: 'compensated', broken: [] });
    expect(books(product).undone).toEqual(['second-4', 'first-3', 'second-2', 'first-1']);
    const mutant = await interleaved(options, faults, { journal: () => new Timeless() });
    expect(books(mutant).undone).not.toEqual(books(product).undone);
  });

  test('[26] what goes out of a branch is no branch, and a machine with such a branch is refused', async () => {
    const joined = { ...stepOf('third', undoable('third')), dependsOn: ['first', 'second'] };
    const beside: FlowOptions = { ...BOTH, policies: { parallel: true }, more: [joined] };
    const out = { onFailure: [{ name: 'out', type: 'goto', stepId: 'third' }] };
    const { options, codes: told } = await flowOf({ ...beside, fields: { first: out } });
    expect(told).toContain('PLN005');
    expect(Object.values(options.workflow.machine.States).map(({ Type }) => Type)).not.toContain('Parallel');
    const product = await interleaved(options, ['refused at shop.make-first #1']);
    expect(product).toMatchObject({ phase: 'succeeded', broken: [] });
    const { machine } = (await flowOf(beside)).options.workflow;
    const text = JSON.stringify(machine);
    const leaving = text.replaceAll('"Next":"first failed"', '"Next":"third"');
    expect(leaving).not.toBe(text);
    const codes = (definition: string): readonly string[] =>
      machineFindings(JSON.parse(definition) as JsonObject, 'STANDARD').map((finding) => finding.code);
    expect(codes(text)).toEqual([]);
    expect(codes(leaving)).toContain('MISSING_TRANSITION_TARGET');
  });
});
