/**
 * The function of a demo system on AWS: its name, its table and the secret with its credentials are told by its
 * environment (lib/constructs/demo-systems.ts). One start per process.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TableCallLog } from './call-log.ts';
import type { Credentials } from './credentials.ts';
import { startFunction, type UrlAnswer, type UrlEvent } from './function.ts';
import type { SystemName } from './system.ts';

const { DEMO_SYSTEM = '', DEMO_TABLE = '', DEMO_SECRET = '' } = process.env;

const { SecretString = '{}' } = await new SecretsManagerClient({}).send(
  new GetSecretValueCommand({ SecretId: DEMO_SECRET }),
);
const started = await startFunction({
  name: DEMO_SYSTEM as SystemName,
  // Those of the one system; it looks at no others.
  credentials: JSON.parse(SecretString) as Credentials,
  log: new TableCallLog({ client: new DynamoDBClient({}), table: DEMO_TABLE, system: DEMO_SYSTEM }),
  now: () => Date.now(),
});

export const handler = (event: UrlEvent): Promise<UrlAnswer> => started.handle(event);
