/**
 * The run table as the journal uses it: conditional writes whose refusal is an answer (the item as it stood, from the very
 * same request), consistent reads, and failures of the store as Failure. The SDK repeats what the network loses, so a
 * condition may fail because of our own first try: the journal tells that apart, this file does not.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Failure } from '../model/failure.ts';
import { type Item, itemKey } from './run-items.ts';

export interface Update {
  /** Attribute name -> value; written as they are, whatever characters the name has. */
  readonly set: { readonly [attribute: string]: AttributeValue };
  /** Kept if they are there already. */
  readonly setOnce?: { readonly [attribute: string]: AttributeValue };
  readonly add?: { readonly [attribute: string]: AttributeValue };
  readonly remove?: readonly string[];
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

export type Condition =
  | { readonly attribute: string; readonly is: 'absent' }
  | { readonly attribute: string; readonly is: 'above'; readonly than: AttributeValue }
  | { readonly attribute: string; readonly is: 'one of'; readonly values: readonly AttributeValue[] };

export type Written =
  | { readonly kind: 'written'; readonly item: Item }
  /** `item` as it stands; absent where there is none. */
  | { readonly kind: 'refused'; readonly item?: Item };

export interface RunTableOptions {
  readonly name: string;
  readonly client: DynamoDBClient;
}

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

  constructor({ name, client }: RunTableOptions) {
    this.name = name;
    this.client = client;
  }

  async get(runId: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: itemKey(runId, sk), ConsistentRead: true });
    const { Item } = await storing(() => this.client.send(command));
    return Item;
  }

  async put(item: Item): Promise<void> {
    await storing(() => this.client.send(new PutItemCommand({ TableName: this.name, Item: item })));
  }

  /** Writes a whole item if there is none under its key. */
  async create(item: Item): Promise<Written> {
    const command = new PutItemCommand({
      TableName: this.name,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return await unlessRefused(async () => {
      await this.client.send(command);
      return item;
    });
  }

  /** Changes an item that exists. */
  async update(runId: string, sk: string, update: Update): Promise<Written> {
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: itemKey(runId, sk),
      ...expressionsOf(update),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return await unlessRefused(async () => (await this.client.send(command)).Attributes ?? {});
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

  private async query(
    input: QueryCommandInput,
  ): Promise<{ readonly items: readonly Item[]; readonly last: QueryCommandInput['ExclusiveStartKey'] }> {
    const { Items, LastEvaluatedKey } = await storing(() => this.client.send(new QueryCommand(input)));
    return { items: Items ?? [], last: LastEvaluatedKey };
  }
}

interface Expressions {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

/** Every name and value by a placeholder: attribute names hold step paths, and DynamoDB reserves 573 words. */
function expressionsOf(update: Update): Expressions {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const name = (attribute: string): string => {
    const known = Object.keys(names).find((key) => names[key] === attribute);
    const key = known ?? `#n${Object.keys(names).length}`;
    names[key] = attribute;
    return key;
  };
  const value = (given: AttributeValue): string => {
    const key = `:v${Object.keys(values).length}`;
    values[key] = given;
    return key;
  };
  const sets = [
    ...Object.entries(update.set).map(([attribute, given]) => `${name(attribute)} = ${value(given)}`),
    ...Object.entries(update.setOnce ?? {}).map(
      ([attribute, given]) => `${name(attribute)} = if_not_exists(${name(attribute)}, ${value(given)})`,
    ),
  ];
  const adds = Object.entries(update.add ?? {}).map(([attribute, given]) => `${name(attribute)} ${value(given)}`);
  const removes = (update.remove ?? []).map(name);
  const clause = (word: string, parts: readonly string[]): readonly string[] =>
    parts.length === 0 ? [] : [`${word} ${parts.join(', ')}`];
  const conditions = update.conditions.map((condition) => conditionText(condition, name, value));
  return {
    UpdateExpression: [...clause('SET', sets), ...clause('ADD', adds), ...clause('REMOVE', removes)].join(' '),
    ConditionExpression: ['attribute_exists(pk)', ...conditions].join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

function conditionText(
  condition: Condition,
  name: (attribute: string) => string,
  value: (given: AttributeValue) => string,
): string {
  switch (condition.is) {
    case 'absent':
      return `attribute_not_exists(${name(condition.attribute)})`;
    case 'above':
      return `${name(condition.attribute)} > ${value(condition.than)}`;
    case 'one of':
      return `${name(condition.attribute)} IN (${condition.values.map(value).join(', ')})`;
  }
}

async function unlessRefused(write: () => Promise<Item>): Promise<Written> {
  return await storing(async (): Promise<Written> => {
    try {
      return { kind: 'written', item: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { kind: 'refused', ...(error.Item && { item: error.Item }) };
    }
  });
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
