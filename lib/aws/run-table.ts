/**
 * The run table as the journal uses it: conditional writes whose refusal is an answer (the item as it stood, from the very
 * same request), consistent reads, and failures of the store as Failure. The SDK repeats what the network loses, so a
 * condition may fail because of our own first try: the journal tells that apart, this file does not. A write that meets a
 * transaction under way is repeated here, because the SDK does not.
 */
import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { realClock, realRandom } from '../embedded/real-clock.ts';
import { Failure } from '../model/failure.ts';
import { type Item, itemKey } from './run-items.ts';
import { type Condition, conditionText, EXISTS, type Update, updateText } from './write-expressions.ts';

export type Written =
  | { readonly kind: 'written'; readonly item: Item }
  /** `item` as it stands; absent where there is none. */
  | { readonly kind: 'refused'; readonly item?: Item };

export type WrittenChecked =
  | { readonly kind: 'written' }
  /** What of the two did not hold, as it stands; both may be absent, as the item that was checked. */
  | { readonly kind: 'refused'; readonly checked: boolean; readonly header?: Item; readonly item?: Item };

export interface RunTableOptions {
  readonly name: string;
  readonly client: DynamoDBClient;
  /** Between tries of a write that meets a transaction; tests do not wait. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Together some seconds at most, with full jitter: many times what one transaction takes. */
const CONFLICT_TRIES = 10;
const CONFLICT_MS = 20;
const CONFLICT_CAP_MS = 500;

/** The longest a request may take, its connection included: a lease has to survive several. */
const REQUEST_MS = 3_000;

export function dynamoClient(options: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    ...options,
  });
}

export class RunTable {
  private readonly name: string;
  private readonly client: DynamoDBClient;
  private readonly pause: (ms: number) => Promise<void>;

  constructor({ name, client, pause = realPause }: RunTableOptions) {
    this.name = name;
    this.client = client;
    this.pause = pause;
  }

  async get(runId: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: itemKey(runId, sk), ConsistentRead: true });
    const { Item } = await storing(() => this.client.send(command));
    return Item;
  }

  async put(item: Item): Promise<void> {
    await storing(() => this.client.send(new PutItemCommand({ TableName: this.name, Item: item })));
  }

  /** Writes a whole item where the conditions hold of the one under its key, or of there being none. */
  async putIf(item: Item, conditions: readonly Condition[]): Promise<Written> {
    const command = new PutItemCommand({
      TableName: this.name,
      Item: item,
      ...conditionText(conditions),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return await this.unlessRefused(async () => {
      await this.client.send(command);
      return item;
    });
  }

  /** The same, and only where other conditions hold of the run's header: a transaction, for the failing path. */
  async putChecked(
    header: { readonly key: Item; readonly conditions: readonly Condition[] },
    item: Item,
    conditions: readonly Condition[],
  ): Promise<WrittenChecked> {
    const common = { TableName: this.name, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    const check = { ...common, Key: header.key, ...conditionText([EXISTS, ...header.conditions]) };
    const put = { ...common, Item: item, ...(conditions.length > 0 && conditionText(conditions)) };
    const command = new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: check }, { Put: put }] });
    return await storing(async (): Promise<WrittenChecked> => {
      try {
        await this.patiently(() => this.client.send(command));
        return { kind: 'written' };
      } catch (error) {
        return refusedOf(error);
      }
    });
  }

  /** Changes an item that exists, or makes it where the update says so. */
  async update(runId: string, sk: string, update: Update): Promise<Written> {
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: itemKey(runId, sk),
      ...updateText(update),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return await this.unlessRefused(async () => (await this.client.send(command)).Attributes ?? {});
  }

  /** The items of a run whose sort keys lie between two texts, both included, page by page. */
  async between(runId: string, from: string, to: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    const { pk } = itemKey(runId, '');
    const query: QueryCommandInput = {
      TableName: this.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': { S: from }, ':to': { S: to } },
    };
    let last: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await this.query({ ...query, ExclusiveStartKey: last });
      items.push(...page.items);
      last = page.last;
    } while (last);
    return items;
  }

  /** One page of an index, newest first. */
  async newest(options: {
    readonly workflowId: string;
    readonly before: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly items: readonly Item[]; readonly more: boolean }> {
    const { workflowId, before, limit } = options;
    const { items, last } = await this.query({
      TableName: this.name,
      IndexName: 'workflow-by-start',
      ScanIndexForward: false,
      Limit: limit,
      KeyConditionExpression: `workflow = :workflow${before === undefined ? '' : ' AND started < :before'}`,
      ExpressionAttributeValues: {
        ':workflow': { S: workflowId },
        ...(before !== undefined && { ':before': { S: before } }),
      },
    });
    return { items, more: last !== undefined };
  }

  /** Of one shard of the open runs, the first that are due, by their keys. */
  async due({
    shard,
    at,
    limit,
  }: {
    readonly shard: number;
    readonly at: number;
    readonly limit: number;
  }): Promise<readonly Item[]> {
    const { items } = await this.query({
      TableName: this.name,
      IndexName: 'open-by-wake',
      Limit: limit,
      KeyConditionExpression: '#open = :open AND wake <= :at',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':open': { N: String(shard) }, ':at': { N: String(at) } },
    });
    return items;
  }

  private async unlessRefused(write: () => Promise<Item>): Promise<Written> {
    return await storing(async (): Promise<Written> => {
      try {
        return { kind: 'written', item: await this.patiently(write) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { kind: 'refused', ...(error.Item && { item: error.Item }) };
      }
    });
  }

  /** A wave writes many items that all check one header: they meet, and each has its turn in the end. */
  private async patiently<T>(write: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await write();
      } catch (error) {
        if (!isConflict(error) || tried >= CONFLICT_TRIES) throw error;
        await this.pause(realRandom.next() * Math.min(CONFLICT_MS * 2 ** tried, CONFLICT_CAP_MS));
      }
    }
  }

  private async query(
    input: QueryCommandInput,
  ): Promise<{ readonly items: readonly Item[]; readonly last: QueryCommandInput['ExclusiveStartKey'] }> {
    const { Items, LastEvaluatedKey } = await storing(() => this.client.send(new QueryCommand(input)));
    return { items: Items ?? [], last: LastEvaluatedKey };
  }
}

function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => void realClock.after(ms, resolve));
}

function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  return reasonsOf(error).some(({ Code }) => Code === 'TransactionConflict');
}

/** Throws on what is no refusal by a condition. */
function refusedOf(error: unknown): WrittenChecked {
  const [header, item] = reasonsOf(error);
  if (!failed(header) && !failed(item)) throw error;
  return {
    kind: 'refused',
    checked: !failed(header),
    ...(header?.Item && { header: header.Item }),
    ...(item?.Item && { item: item.Item }),
  };
}

function failed(reason: CancellationReason | undefined): boolean {
  return reason?.Code === 'ConditionalCheckFailed';
}

function reasonsOf(error: unknown): readonly CancellationReason[] {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
}

/** What the store itself fails with is the world's failure; its message holds no payload. */
async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('store-failed', `The run table could not be used: ${why}`, { cause: error });
  }
}
