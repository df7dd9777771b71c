/**
 * The calls that changed a system, in their order, in a table: what a function that is started anew, or beside another,
 * does again to have the state that all of them have. A call is written before it is done, at the next number and only if
 * nobody else has that number, so all functions see one order. No credential is in it: only calls that were admitted are.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';

export interface LoggedCall {
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export interface CallLog {
  /** Those from this number on, oldest first. */
  from(number: number): Promise<readonly LoggedCall[]>;
  /** Whether it has the number now. */
  append(number: number, call: LoggedCall): Promise<boolean>;
}

/** What a start does again; a demo that has seen more is put up anew. */
export const MOST_CALLS = 10_000;

export class TableCallLog implements CallLog {
  private readonly options: {
    readonly client: Pick<DynamoDBClient, 'send'>;
    readonly table: string;
    readonly system: string;
  };

  constructor(options: TableCallLog['options']) {
    this.options = options;
  }

  async from(number: number): Promise<readonly LoggedCall[]> {
    const { client, table, system } = this.options;
    const found: LoggedCall[] = [];
    for (let next = number; found.length <= MOST_CALLS; next = number + found.length) {
      const query = new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#s = :s AND #n >= :n',
        ExpressionAttributeNames: { '#s': 'system', '#n': 'number' },
        ExpressionAttributeValues: { ':s': { S: system }, ':n': { N: String(next) } },
        ConsistentRead: true,
      });
      const { Items = [], LastEvaluatedKey } = await client.send(query);
      // Written below.
      found.push(...Items.map(({ call }) => JSON.parse(call?.S ?? '') as LoggedCall));
      if (LastEvaluatedKey === undefined) break;
    }
    return found;
  }

  async append(number: number, call: LoggedCall): Promise<boolean> {
    const { client, table, system } = this.options;
    const item = { system: { S: system }, number: { N: String(number) }, call: { S: JSON.stringify(call) } };
    const condition = { ConditionExpression: 'attribute_not_exists(#s)', ExpressionAttributeNames: { '#s': 'system' } };
    try {
      await client.send(new PutItemCommand({ TableName: table, Item: item, ...condition }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
