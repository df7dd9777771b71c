/**
 * Items of the run table that runs share: breakers and limits (`P#...`), locks (`L#...`). Written by expressions of fixed
 * text; a refused condition is an answer, with the item as it stands. Requests are short and tried twice: what is best
 * effort must not keep a call waiting.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Failure } from '../model/failure.ts';
import { dynamoClient } from './run-table.ts';

export type SharedItem = { readonly [attribute: string]: AttributeValue };

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export interface SharedUpdate {
  /** An update expression; it makes the item where there is none. */
  readonly update: string;
  readonly condition?: string;
  readonly names: { readonly [placeholder: string]: string };
  readonly values: { readonly [placeholder: string]: AttributeValue };
}

export interface SharedWritten {
  readonly written: boolean;
  /** As it stands after the write, or after its refusal; empty where there is none. */
  readonly item: SharedItem;
}

/** An item whose whole meaning is one JSON body, changed under the condition that nobody has changed it since it was read. */
export interface SharedBody<T, A> {
  readonly key: ItemKey;
  /** Where there is none. */
  readonly empty: T;
  /** The very same body where nothing is to be written. */
  readonly work: (known: T) => { readonly body: T; readonly answer: A };
  readonly expires: (body: T) => AttributeValue;
  /** Where and when the index of what somebody has to look at has it; undefined: not at all. */
  readonly wakes?: (body: T) => { readonly open: number; readonly wake: number } | undefined;
  /** What it is, for whoever cannot have it. */
  readonly name: string;
}

/** Others change it between a look and a write; each refusal is somebody's progress. */
const MAX_TRIES = 50;
const REQUEST_MS = 500;

/** A client for what is best effort: at most about a second in all. */
export function shortClient(): DynamoDBClient {
  const limits = { connectionTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true };
  return dynamoClient({ maxAttempts: 2, requestHandler: limits });
}

export class SharedTable {
  private readonly name: string;
  private readonly client: DynamoDBClient;

  constructor({ name, client }: { readonly name: string; readonly client: DynamoDBClient }) {
    this.name = name;
    this.client = client;
  }

  async get(key: ItemKey): Promise<SharedItem> {
    const command = new GetItemCommand({ TableName: this.name, Key: keyOf(key), ConsistentRead: true });
    return await storing(async () => (await this.client.send(command)).Item ?? {});
  }

  async change<T, A>({ key, empty, work, expires, wakes, name }: SharedBody<T, A>): Promise<A> {
    let item = await this.get(key);
    for (let tried = 0; tried < MAX_TRIES; tried += 1) {
      const known = bodyIn<T>(item) ?? empty;
      const { body, answer } = work(known);
      if (body === known) return answer;
      const revision = numberIn(item, 'rev') ?? 0;
      const woken = wakes?.(body);
      const index = woken ? ', #o = :open, #w = :wake' : wakes ? ' REMOVE #o, #w' : '';
      const written = await this.update(key, {
        update: `SET #b = :body, #r = :next, #x = :expires${index}`,
        condition: revision === 0 ? 'attribute_not_exists(#r)' : '#r = :before',
        names: { '#b': 'body', '#r': 'rev', '#x': 'expires', ...(wakes && { '#o': 'open', '#w': 'wake' }) },
        values: {
          ':body': { S: JSON.stringify(body) },
          ':next': num(revision + 1),
          ':expires': expires(body),
          ...(revision > 0 && { ':before': num(revision) }),
          ...(woken && { ':open': num(woken.open), ':wake': num(woken.wake) }),
        },
      });
      if (written.written) return answer;
      ({ item } = written);
    }
    throw new Failure('store-failed', `${name} changed faster than it could be read`);
  }

  /** Of one shard of the index, what is due, the longest first. */
  async waking({
    open,
    at,
    limit,
  }: {
    readonly open: number;
    readonly at: number;
    readonly limit: number;
  }): Promise<readonly { readonly pk: string; readonly wake: number }[]> {
    const command = new QueryCommand({
      TableName: this.name,
      IndexName: 'open-by-wake',
      Limit: limit,
      KeyConditionExpression: '#o = :open AND #w <= :at',
      ExpressionAttributeNames: { '#o': 'open', '#w': 'wake' },
      ExpressionAttributeValues: { ':open': num(open), ':at': num(at) },
    });
    const { Items = [] } = await storing(() => this.client.send(command));
    return Items.map((item) => ({ pk: item['pk']?.S ?? '', wake: numberIn(item, 'wake') ?? 0 }));
  }

  async update(key: ItemKey, { update, condition, names, values }: SharedUpdate): Promise<SharedWritten> {
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: keyOf(key),
      UpdateExpression: update,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: { ...values } }),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return await storing(async () => {
      try {
        return { written: true, item: (await this.client.send(command)).Attributes ?? {} };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { written: false, item: error.Item ?? {} };
      }
    });
  }
}

/** Written by `change` only. */
export function bodyIn<T>(item: SharedItem): T | undefined {
  const body = item['body']?.S;
  return body === undefined ? undefined : (JSON.parse(body) as T);
}

function keyOf({ pk, sk }: ItemKey): { [attribute: string]: AttributeValue } {
  return { pk: { S: pk }, sk: { S: sk } };
}

export function num(value: number): AttributeValue {
  return { N: String(value) };
}

export function numberIn(item: SharedItem, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

/** When DynamoDB may forget an item that nobody has written since: a day after it stops meaning anything. */
export function expiry(at: number): AttributeValue {
  return num(Math.ceil(at / 1000) + 86_400);
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('store-failed', `What runs share could not be read or written: ${why}`, { cause: error });
  }
}
