/**
 * Locks between runs over DynamoDB: the whole line in one item, so that owner and order are one condition and no two items
 * can contradict each other. `queue` lists the runs in the order of asking, `e:<run>` and `a:<run>` their epoch and time;
 * `turn` is the owner's fencing token. Its twin on one machine is lib/embedded/locks.ts.
 */
import { Failure } from '../model/failure.ts';
import { sha256 } from '../runtime/digest.ts';
import { type LockAnswer, type LockAsk, type LockPlace, type Locks, MAX_IN_LINE } from '../runtime/ports/locks.ts';
import { answerOf, type Line, ownerOf } from '../runtime/protect/line.ts';
import { type ItemKey, num, numberIn, type SharedItem, type SharedTable, type SharedUpdate } from './shared-table.ts';

/** Others join and leave between a look and a write; each refusal is somebody's progress. */
const MAX_TRIES = 50;
/** An empty line may be forgotten after a quarter of a year; the next token is a time, and so higher than any before. */
const KEPT_SECONDS = 90 * 86_400;

export class DynamoLocks implements Locks {
  private readonly table: SharedTable;
  private readonly scope: string;

  /** Lines of different scopes have nothing to do with each other. */
  constructor(table: SharedTable, scope: string) {
    this.table = table;
    this.scope = scope;
  }

  async acquire(ask: LockAsk): Promise<LockAnswer> {
    const key = this.keyOf(ask.key);
    let item = await this.table.get(key);
    for (let tried = 0; tried < MAX_TRIES; tried += 1) {
      const line = lineOf(item);
      const update = joining(line, ask);
      if (update === 'full') return { kind: 'full', owner: ownerOf(line) };
      if (update === 'there') return answerOf(line, ask.run);
      item = (await this.table.update(key, update)).item;
    }
    throw restless();
  }

  async release(key: string, place: LockPlace, at: number): Promise<void> {
    const lineKey = this.keyOf(key);
    let item = await this.table.get(lineKey);
    for (let tried = 0; tried < MAX_TRIES; tried += 1) {
      const { queue } = lineOf(item);
      const index = queue.findIndex(({ run, epoch }) => run === place.run && epoch === place.epoch);
      if (index < 0) return;
      const { written, item: after } = await this.table.update(
        lineKey,
        leaving(place, { index, length: queue.length, at }),
      );
      if (written) return;
      item = after;
    }
    throw restless();
  }

  /** A key may hold what is nobody's business. */
  private keyOf(key: string): ItemKey {
    return { pk: `L#${sha256(JSON.stringify([this.scope, key]))}`, sk: 'H' };
  }
}

function restless(): Failure {
  return new Failure('store-failed', 'The line of a lock changed faster than it could be read');
}

/** What to write so that the run is in the line; `there`: it is. */
function joining(line: Line, ask: LockAsk): SharedUpdate | 'there' | 'full' {
  const index = line.queue.findIndex(({ run }) => run === ask.run);
  if (index >= 0) return ask.epoch > (line.queue[index]?.epoch ?? ask.epoch) ? takingOver(ask, index) : 'there';
  if (line.queue.length === 0) return begin(ask);
  return line.queue.length >= MAX_IN_LINE ? 'full' : append(ask);
}

function begin(ask: LockAsk): SharedUpdate {
  return {
    update: 'SET #q = :me, #s = :at, #t = if_not_exists(#t, :before) + :one, #e = :epoch, #a = :at REMOVE #x',
    condition: 'attribute_not_exists(#q) OR size(#q) = :none',
    names: { ...namesOf(ask.run), ...OWNER_NAMES, '#x': 'expires' },
    values: { ...own(ask), ':before': num(ask.at - 1), ':one': num(1), ':none': num(0) },
  };
}

function append(ask: LockAsk): SharedUpdate {
  return {
    update: 'SET #q = list_append(#q, :me), #e = :epoch, #a = :at',
    condition: 'size(#q) > :none AND size(#q) < :most AND attribute_not_exists(#e)',
    names: namesOf(ask.run),
    values: { ...own(ask), ':none': num(0), ':most': num(MAX_IN_LINE) },
  };
}

/** A later epoch of the same run: the place stays, but who holds it is somebody else. */
function takingOver({ run, epoch, at }: LockAsk, index: number): SharedUpdate {
  const isOwner = index === 0;
  return {
    update: `SET #e = :epoch, #a = :at${isOwner ? `, ${NEXT_TURN}` : ''}`,
    condition: `#q[${index}] = :run AND #e < :epoch`,
    names: { ...namesOf(run), ...(isOwner && OWNER_NAMES) },
    values: { ':run': { S: run }, ':epoch': num(epoch), ':at': num(at), ...(isOwner && { ':one': num(1) }) },
  };
}

/** Only an empty line may be forgotten; whoever joins it next takes that back. */
function leaving({ run, epoch }: LockPlace, { index, length, at }: Leaving): SharedUpdate {
  const isOwner = index === 0;
  const isLast = isOwner && length === 1;
  return {
    update: `${isOwner ? `SET ${NEXT_TURN}${isLast ? ', #x = :expires' : ''} ` : ''}REMOVE #q[${index}], #e, #a`,
    condition: `#q[${index}] = :run AND #e = :epoch${isLast ? ' AND size(#q) = :one' : ''}`,
    names: { ...namesOf(run), ...(isOwner && OWNER_NAMES), ...(isLast && { '#x': 'expires' }) },
    values: {
      ':run': { S: run },
      ':epoch': num(epoch),
      ...(isOwner && { ':at': num(at), ':one': num(1) }),
      ...(isLast && { ':expires': num(Math.ceil(at / 1000) + KEPT_SECONDS) }),
    },
  };
}

interface Leaving {
  readonly index: number;
  readonly length: number;
  readonly at: number;
}

const NEXT_TURN = '#s = :at, #t = #t + :one';
const OWNER_NAMES = { '#s': 'since', '#t': 'turn' };

function namesOf(run: string): SharedUpdate['names'] {
  return { '#q': 'queue', '#e': `e:${run}`, '#a': `a:${run}` };
}

function own({ run, epoch, at }: LockAsk): SharedUpdate['values'] {
  return { ':me': { L: [{ S: run }] }, ':epoch': num(epoch), ':at': num(at) };
}

function lineOf(item: SharedItem): Line {
  const queue = (item['queue']?.L ?? []).map(({ S: run = '' }) => ({
    run,
    epoch: numberIn(item, `e:${run}`) ?? 0,
    askedAt: numberIn(item, `a:${run}`) ?? 0,
  }));
  return { turn: numberIn(item, 'turn') ?? 0, since: numberIn(item, 'since') ?? 0, queue };
}
