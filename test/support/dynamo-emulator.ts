/** DynamoDB's emulator binary on loopback with an empty run table, for the tests of lib/aws. Ended by its own process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ROOT } from './source-tree.ts';

export interface DynamoEmulator {
  readonly client: DynamoDBClient;
  /** For another process. */
  readonly endpoint: string;
  readonly table: string;
  stop(): Promise<void>;
}

const BINARY = `${ROOT}node_modules/@dynoxide/linux-x64/dynoxide`;
const TABLE = 'runs';

export async function dynamoEmulator(config: DynamoDBClientConfig = {}): Promise<DynamoEmulator> {
  const { endpoint, stop } = await startDynamo();
  const client = new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...config,
  });
  await client.send(new CreateTableCommand(TABLE_DEFINITION));
  return {
    client,
    endpoint,
    table: TABLE,
    async stop() {
      client.destroy();
      await stop();
    },
  };
}

/** The binary alone, without a table. */
export async function startDynamo(): Promise<Pick<DynamoEmulator, 'endpoint' | 'stop'>> {
  const port = await freePort();
  const child = spawn(BINARY, ['serve', '--host', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await listening(child);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}

/** As lib/constructs/run-table.ts makes it; test/stack holds the two together. */
export const TABLE_DEFINITION: ConstructorParameters<typeof CreateTableCommand>[0] = {
  TableName: TABLE,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'open', AttributeType: 'N' },
    { AttributeName: 'wake', AttributeType: 'N' },
    { AttributeName: 'workflow', AttributeType: 'S' },
    { AttributeName: 'started', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'open-by-wake',
      KeySchema: [
        { AttributeName: 'open', KeyType: 'HASH' },
        { AttributeName: 'wake', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['phase'] },
    },
    {
      IndexName: 'workflow-by-start',
      KeySchema: [
        { AttributeName: 'workflow', KeyType: 'HASH' },
        { AttributeName: 'started', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['phase', 'endedAt'] },
    },
  ],
};

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** It says where it listens as soon as it does. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const hear = (chunk: Buffer): void => {
      said.push(chunk.toString());
      if (/listening|http:\/\//i.test(said.join(''))) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the emulator ended with ${code}: ${said.join('')}`)));
  });
}
