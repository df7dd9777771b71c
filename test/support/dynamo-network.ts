/** What lies between the journal and DynamoDB, watched and disturbed: how many writes are asked for, and answers that get lost. */
import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

const WRITES = new Set(['PutItemCommand', 'UpdateItemCommand', 'TransactWriteItemsCommand']);

/** Counts what is asked for, not how often the SDK tries. */
export function countWrites(client: DynamoDBClient): () => number {
  let writes = 0;
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (WRITES.has(context.commandName ?? '')) writes += 1;
      return next(args);
    },
    { step: 'initialize', name: 'countWrites' },
  );
  return () => writes;
}

/** Every request is carried out, and the answer to the first try of each, be it a refusal, never arrives. */
export function loseFirstAnswers(client: DynamoDBClient): () => number {
  let lost = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = next(args);
      if (!attemptOf(args.request).startsWith('attempt=1;')) return await answer;
      await answer.catch(() => undefined);
      lost += 1;
      throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });
    },
    { step: 'finalizeRequest', name: 'loseFirstAnswers', priority: 'low' },
  );
  return () => lost;
}

/** The retry middleware of the SDK says in a header which try it is. */
function attemptOf(request: unknown): string {
  const headers = (request as { readonly headers?: { readonly [name: string]: string } }).headers ?? {};
  return headers['amz-sdk-request'] ?? '';
}

type RetryStrategy = Exclude<DynamoDBClientConfig['retryStrategy'], undefined>;

/** Twice, and without waiting. */
export const RETRY_AT_ONCE: RetryStrategy = {
  acquireInitialRetryToken: async () => token(0),
  refreshRetryTokenForRetry: async (last: RetryToken, { errorType }: { readonly errorType: string }) => {
    if (last.getRetryCount() >= 2 || errorType === 'CLIENT_ERROR') throw new Error('no further try');
    return token(last.getRetryCount() + 1);
  },
  recordSuccess: () => undefined,
};

interface RetryToken {
  getRetryCount(): number;
  getRetryDelay(): number;
}

function token(count: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => 0 };
}
