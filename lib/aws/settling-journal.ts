/**
 * The journal's failing half over DynamoDB: who compensates, what was decided and undone, how a run ends and is opened
 * again (run-contract sections 6 and 7). What is conditional on the header and writes another item is a transaction; the
 * rest is one conditional write. Of a refusal it is asked first whether our own earlier try is the reason.
 */
import { randomUUID } from 'node:crypto';
import type { AppliedOutcome, AuditEntry, Journal, Phase, UndoRecord, Verdict } from '../runtime/ports/journal.ts';
import {
  AFTER_AUDIT,
  AUDIT,
  auditItem,
  compensatorOf,
  earlierDigestName,
  earlierPlanName,
  epochOf,
  HEADER,
  inputKey,
  type Item,
  itemKey,
  NO_LONGER_OPEN,
  number,
  openUntil,
  parsed,
  phaseOf,
  settledItem,
  text,
  undoItem,
} from './run-items.ts';
import type { RunTable, WrittenChecked } from './run-table.ts';
import { type Condition, NEW } from './write-expressions.ts';

export type Answer<M extends keyof Journal> = Awaited<ReturnType<Journal[M]>>;
type Asked<M extends keyof Journal> = Parameters<Journal[M]>[1];

export class SettlingJournal {
  protected readonly table: RunTable;

  constructor(table: RunTable) {
    this.table = table;
  }

  async compensate(runId: string, claim: Asked<'compensate'>): Promise<Answer<'compensate'>> {
    const { epoch, owner, at, leaseUntil } = claim;
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: { phase: { S: 'compensating' }, owner: { S: owner }, lease: number(leaseUntil), wake: number(leaseUntil) },
      conditions: [
        phaseIn('fenced', 'compensating'),
        epochIs(epoch),
        {
          is: 'any',
          of: [absent('owner'), textIs('owner', owner), { attribute: 'lease', is: 'at most', than: number(at) }],
        },
      ],
    });
    if (kind === 'written') return { kind: 'granted' };
    const by = item && epochOf(item) === epoch && phaseOf(item) === 'compensating' ? compensatorOf(item) : undefined;
    return by ? { kind: 'held', by } : notNow(item);
  }

  async decide(runId: string, verdict: Verdict, owner?: string): Promise<Answer<'decide'>> {
    const item = settledItem(runId, verdict);
    const undecided: Condition = { is: 'any', of: [NEW, textIs('verdict', 'in-doubt')] };
    const by = owner === undefined ? [phaseIn('needs-attention', 'failed', 'compensated')] : compensatorIs(owner);
    const written = await this.table.putChecked(checkOf(runId, verdict.epoch, by), item, [undecided]);
    if (written.kind === 'written' || isSame(written.item, item)) return { kind: 'recorded' };
    const known = parsed<AppliedOutcome | Verdict>(written.item?.['body']);
    return known && written.checked ? { kind: 'exists', by: known } : await this.notNow(runId, written);
  }

  async intendUndo(
    runId: string,
    record: UndoRecord,
    { owner, after }: Parameters<Journal['intendUndo']>[2],
  ): Promise<Answer<'intendUndo'>> {
    const repeatable: readonly Condition[] =
      after === undefined
        ? []
        : [{ is: 'all', of: [textIs('nonce', after), textIs('state', 'live', 'again', 'failed')] }];
    const by = owner === undefined ? [phaseIn('forward')] : compensatorIs(owner);
    const written = await this.table.putChecked(checkOf(runId, record.epoch, by), undoItem(runId, record), [
      { is: 'any', of: [NEW, ...repeatable] },
    ]);
    if (written.kind === 'written' || written.item?.['nonce']?.S === record.nonce) return { kind: 'granted' };
    const known = parsed<UndoRecord>(written.item?.['body']);
    return known && written.checked ? { kind: 'exists', record: known } : await this.notNow(runId, written);
  }

  async recordUndo(runId: string, record: UndoRecord): Promise<Answer<'recordUndo'>> {
    const item = undoItem(runId, record);
    const written = await this.table.putIf(item, [textIs('nonce', record.nonce), textIs('state', 'live')]);
    return { kind: written.kind === 'written' || isSame(written.item, item) ? 'recorded' : 'late' };
  }

  async overrule(runId: string, record: UndoRecord): Promise<Answer<'overrule'>> {
    const check = checkOf(runId, record.epoch, [phaseIn('needs-attention')]);
    const written = await this.table.putChecked(check, undoItem(runId, record), []);
    return written.kind === 'written' ? { kind: 'recorded' } : notNow(written.header);
  }

  async finish(runId: string, { epoch, owner, at, phase, reason }: Asked<'finish'>): Promise<Answer<'finish'>> {
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: { phase: { S: phase }, endedAt: number(at), ...(reason !== undefined && { reason: { S: reason } }) },
      remove: [...NO_LONGER_OPEN, ...(reason === undefined ? ['reason'] : [])],
      conditions: [phaseIn('compensating'), epochIs(epoch), textIs('owner', owner)],
    });
    if (kind === 'written') return { kind: 'finished' };
    const mine = item && epochOf(item) === epoch && item['owner']?.S === owner;
    const ours = mine && phaseOf(item) === phase && item['endedAt']?.N === String(at);
    return ours ? { kind: 'finished' } : notNow(item);
  }

  /** Due at once for whoever looks after open runs. */
  async resume(runId: string, epoch: number): Promise<Answer<'resume'>> {
    const token = randomUUID();
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: { phase: { S: 'compensating' }, released: { BOOL: true }, token: { S: token }, ...openUntil(runId, 0) },
      remove: ['reason', 'endedAt', 'owner', 'lease'],
      conditions: [phaseIn('needs-attention'), epochIs(epoch)],
    });
    return kind === 'written' || isOf(item, token) ? { kind: 'resumed' } : notNow(item);
  }

  /** The input first, as at the start. */
  async reopen(runId: string, { epoch, deadline, planHash, input }: Asked<'reopen'>): Promise<Answer<'reopen'>> {
    if (input) await this.table.put({ ...itemKey(runId, inputKey(input.digest)), body: text(input.value) });
    const token = randomUUID();
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: {
        phase: { S: 'forward' },
        epoch: number(epoch),
        deadline: number(deadline),
        planHash: { S: planHash },
        ...(input && { inputDigest: { S: input.digest } }),
        token: { S: token },
        ...openUntil(runId, deadline),
      },
      copy: { [earlierPlanName(epoch - 1)]: 'planHash', [earlierDigestName(epoch - 1)]: 'inputDigest' },
      remove: ['error', 'reason', 'endedAt', 'owner', 'lease', 'outputs', 'execution', 'released'],
      conditions: [phaseIn('compensated', 'failed', 'needs-attention'), epochIs(epoch - 1)],
    });
    return kind === 'written' || isOf(item, token) ? { kind: 'reopened' } : notNow(item);
  }

  async audit(runId: string, entry: AuditEntry): Promise<void> {
    await this.table.put(auditItem(runId, entry));
  }

  async audits(runId: string): Promise<readonly AuditEntry[]> {
    const items = await this.table.between(runId, AUDIT, AFTER_AUDIT);
    return items.flatMap((item) => parsed<AuditEntry>(item['body']) ?? []);
  }

  /** The header comes with its own refusal. */
  private async notNow(runId: string, { header }: WrittenChecked & { readonly kind: 'refused' }): Promise<NotNow> {
    return notNow(header ?? (await this.table.get(runId, HEADER)));
  }
}

/** The header that allows it, in its epoch. */
function checkOf(
  runId: string,
  epoch: number,
  by: readonly Condition[],
): { readonly key: Item; readonly conditions: readonly Condition[] } {
  return { key: itemKey(runId, HEADER), conditions: [epochIs(epoch), ...by] };
}

function compensatorIs(owner: string): readonly Condition[] {
  return [phaseIn('compensating'), textIs('owner', owner)];
}

export function phaseIn(...phases: readonly Phase[]): Condition {
  return textIs('phase', ...phases);
}

export function epochIs(epoch: number): Condition {
  return { attribute: 'epoch', is: 'one of', values: [number(epoch)] };
}

export function textIs(attribute: string, ...values: readonly string[]): Condition {
  return { attribute, is: 'one of', values: values.map((value) => ({ S: value })) };
}

export function absent(attribute: string): Condition {
  return { attribute, is: 'absent' };
}

/** It is our own request that wrote it. */
export function isOf(item: Item | undefined, token: string): boolean {
  return item?.['token']?.S === token;
}

export function isSame(one: Item | undefined, other: Item): boolean {
  return one?.['body']?.S !== undefined && one['body'].S === other['body']?.S;
}

interface NotNow {
  readonly kind: 'not-now';
  readonly phase: Phase;
  readonly epoch: number;
}

/** Of a run that nobody started nothing can be said but that it is over. */
export function notNow(item: Item | undefined): NotNow {
  return item
    ? { kind: 'not-now', phase: phaseOf(item), epoch: epochOf(item) }
    : { kind: 'not-now', phase: 'failed', epoch: 0 };
}
