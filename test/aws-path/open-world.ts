/**
 * Puts an integration, else the order example, up on loopback as a deploy would: its template synthesised, its tables made as the template says,
 * emulators for DynamoDB, SQS and S3, the four systems as real servers, and an environment that says where they are.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'aws-cdk-lib';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { Options } from '../../lib/cli/command.ts';
import { openDescription } from '../../lib/cli/open-description.ts';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import { describeIntegration } from '../../lib/constructs/describe-integration.ts';
import { IntegrationsStack } from '../../lib/constructs/integrations-stack.ts';
import { realClock } from '../../lib/embedded/real-clock.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { demoCredentials } from '../../state-machines/order-fulfilment/systems/credentials.ts';
import { startSystems } from '../../state-machines/order-fulfilment/systems/start.ts';
import { startDynamo } from '../support/dynamo-emulator.ts';
import type { SystemName } from '../../state-machines/order-fulfilment/systems/system.ts';
import { ROOT } from '../support/source-tree.ts';
import { templateOf } from './deployment.ts';
import { bucketOf, lambda, secretsManager, stepFunctions } from './stand-ins.ts';
import { AwsWorld, CREDENTIALS, REGION, type Synthesised } from './world.ts';

const EXAMPLE = join(ROOT, 'state-machines', 'order-fulfilment');

export interface Subject {
  /** Its folder. */
  readonly description: string;
  readonly secrets: { readonly [name: string]: string };
  /** Where else its environment's servers are, by what stands there. */
  readonly servers?: { readonly [written: string]: string };
  /** Queues that are others'. */
  readonly queues?: readonly string[];
  /** What its functions have around them besides. */
  readonly surroundings?: { readonly [name: string]: string };
}

const ORDER: Subject = { description: EXAMPLE, secrets: secretsOfExample() };

/** Takes a few seconds: once for all tests of a file. */
export async function openWorld(subject: Subject = ORDER): Promise<AwsWorld> {
  const { description, secrets: known, servers = {}, surroundings = {} } = subject;
  const systems = await startSystems({ clock: realClock, credentials: demoCredentials(), portBase: 0, latencyMs: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'interlock-aws-path-'));
  const here = { ...asWritten(systems.servers), ...servers };
  const synthesised = await synthesise(description, folder, here);
  const { resources } = synthesised;
  const dynamo = await startDynamo();
  await Promise.all(tablesOf(resources).map((table) => createTable(dynamo.endpoint, table)));
  const bucket = 'payloads';
  const own = [...resources].flatMap(([id, { Type }]) => (Type === 'AWS::SQS::Queue' ? [id] : []));
  const queues = [...own, ...(subject.queues ?? [])].map((name) => ({ name }));
  const init = { region: REGION, queues, buckets: [bucket] };
  const fauxqs: FauxqsServer = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, init });
  const bucketService = await bucketOf(fauxqs);
  let world: AwsWorld | undefined;
  const states = await stepFunctions({
    engine: () => (world as AwsWorld).engineOf(),
    onStarted: (arn) => world?.follow(arn),
    onWaited: (arn) => void world?.waitedFor.push(arn),
    isExpress: (arn) => (world as AwsWorld).isExpress(arn),
  });
  const functions = await lambda((name, payload) => (world as AwsWorld).invokeNamed(name, payload));
  const secrets = await secretsManager(known);
  const sqsUrl = `http://127.0.0.1:${fauxqs.port}`;
  const sqs = new SQSClient({ endpoint: sqsUrl, region: REGION, credentials: CREDENTIALS });
  const services = [bucketService, states, secrets, functions];
  world = new AwsWorld({
    synthesised,
    servers: systems.servers,
    dynamo,
    states,
    secrets,
    lambda: functions,
    bucketService,
    surroundings,
    bucket,
    sqs,
    sqsUrl,
    queueUrl: (id) => `${sqsUrl}/000000000000/${id}`,
    async stop() {
      sqs.destroy();
      await Promise.all([...services.map((one) => one.stop()), fauxqs.stop(), dynamo.stop(), systems.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  });
  return world;
}

/** The example's systems by the URLs that its environment has for them. */
export function asWritten(servers: Readonly<Record<SystemName, string>>): { readonly [written: string]: string } {
  return Object.fromEntries(Object.entries(servers).map(([name, url]) => [`https://${name}.example.com`, url]));
}

/** What the app makes of a description, for systems that are at `servers`: by the URL that its environment has for each. */
export async function synthesise(
  description: string,
  folder: string,
  servers: { readonly [written: string]: string },
): Promise<Synthesised> {
  const described = await describedAt(description, folder, servers);
  await bundleHandlers();
  const outdir = join(folder, 'cdk.out');
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new IntegrationsStack(app, 'Interlock', { integrations: [described] });
  return { described, resources: templateOf(app, stack), folder: outdir };
}

/** The environment that is deployed to, with the systems where they are here. */
async function describedAt(
  description: string,
  folder: string,
  servers: { readonly [written: string]: string },
): Promise<DescribedIntegration> {
  const text = Object.entries(servers).reduce(
    (known, [written, url]) => known.replace(written, url),
    readFileSync(join(description, 'environments', 'aws.yaml'), 'utf8'),
  );
  const environment = join(folder, 'loopback.yaml');
  writeFileSync(environment, text);
  return await describeIntegration({ ...openDescription(description, new Options({})), environment });
}

function secretsOfExample(): { readonly [name: string]: string } {
  const demo = demoCredentials();
  return {
    'order-fulfilment/inventory': demo.ORDER_DEMO_INVENTORY_KEY,
    'order-fulfilment/payments': JSON.stringify({
      clientId: demo.ORDER_DEMO_PAYMENTS_CLIENT_ID,
      clientSecret: demo.ORDER_DEMO_PAYMENTS_CLIENT_SECRET,
    }),
    'order-fulfilment/fraud': demo.ORDER_DEMO_FRAUD_TOKEN,
    'order-fulfilment/shipping': JSON.stringify({
      username: demo.ORDER_DEMO_SHIPPING_USERNAME,
      password: demo.ORDER_DEMO_SHIPPING_PASSWORD,
    }),
  };
}

function tablesOf(resources: Synthesised['resources']): readonly (readonly [string, JsonObject])[] {
  return [...resources].flatMap(([id, { Type, Properties }]) =>
    Type === 'AWS::DynamoDB::Table' ? [[id, Properties] as const] : [],
  );
}

/** The template's own keys and indexes. */
async function createTable(endpoint: string, [name, properties]: readonly [string, JsonObject]): Promise<void> {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = properties as unknown as CreateTableCommandInput;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  const definition = { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes };
  await client.send(new CreateTableCommand({ TableName: name, BillingMode: 'PAY_PER_REQUEST', ...definition }));
  client.destroy();
}
