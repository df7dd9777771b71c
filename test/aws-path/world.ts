/**
 * The order example as AWS runs it, on loopback (open-world.ts puts it up): its functions, its machines in our engine, and
 * what follows the end of an execution. What a run came to is read from the table and from the systems, through no
 * handler.
 */
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { S3Blobs } from '../../lib/aws/blobs.ts';
import { StepFunctionsExecutions } from '../../lib/aws/executions.ts';
import { DynamoCallbacks } from '../../lib/aws/callbacks.ts';
import { DynamoMailboxes } from '../../lib/aws/mailboxes.ts';
import { DynamoJournal } from '../../lib/aws/journal.ts';
import { KeptPlans } from '../../lib/aws/kept-plans.ts';
import { RunTable } from '../../lib/aws/run-table.ts';
import { SharedTable } from '../../lib/aws/shared-table.ts';
import { StepFunctionsTokens } from '../../lib/aws/task-tokens.ts';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import { realClock, realRandom } from '../../lib/embedded/real-clock.ts';
import { Engine } from '../../lib/engine/driver.ts';
import type { TaskCall, TaskResult } from '../../lib/engine/ports.ts';
import { Failure } from '../../lib/model/failure.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import type { ExecutionInput } from '../../lib/model/task.ts';
import type { RunView } from '../../lib/model/run.ts';
import { plansOf } from '../../lib/runtime/effects.ts';
import type { OperatorPorts } from '../../lib/runtime/operator/action.ts';
import { startRun } from '../../lib/runtime/run.ts';
import { viewFromRecord } from '../../lib/runtime/view.ts';
import type { SystemName } from '../../state-machines/order-fulfilment/systems/system.ts';
import { deployed, type Deployed, matches, type templateOf } from './deployment.ts';
import { type Invoked, LambdaFunction } from './lambda-function.ts';
import type { Service } from './stand-ins.ts';
import { type Named, textOf } from '../../scripts/emulator/template-values.ts';

export const REGION = 'eu-central-1';
export const CREDENTIALS: { readonly accessKeyId: string; readonly secretAccessKey: string } = {
  accessKeyId: 'local',
  secretAccessKey: 'local',
};
const ARN = `${REGION}:000000000000`;
const STACK_ID = `arn:aws:cloudformation:${ARN}:stack/Interlock/0a1b2c3d-0000-4000-8000-000000000001`;

export class AwsWorld implements AsyncDisposable {
  private readonly parts: Parts;
  private readonly functions = new Map<string, LambdaFunction>();
  private readonly engine: Engine;
  private readonly underWay = new Set<Promise<void>>();
  private readonly ports: OperatorPorts;
  private isHeard = true;
  private synthesised: Synthesised;
  private version = 0;
  deployed: Deployed;
  /** Executions whose starter waited for their end. */
  readonly waitedFor: string[] = [];

  /** `openWorld` makes it. */
  constructor(parts: Parts) {
    this.parts = parts;
    this.synthesised = parts.synthesised;
    this.engine = new Engine({
      clock: realClock,
      random: realRandom,
      region: REGION,
      tasks: { run: (call) => this.perform(call) },
    });
    this.deployed = this.deploy(parts.synthesised);
    this.ports = this.operatorPorts();
  }

  /** As CloudFormation would: functions get new code and a new version, machines the new definition; older versions stay. */
  deploy(synthesised: Synthesised): Deployed {
    this.synthesised = synthesised;
    this.version += 1;
    const names = this.names();
    this.deployed = deployed(synthesised.resources, synthesised.folder, names);
    for (const code of this.deployed.functions) {
      const environment = { ...this.surroundings(), ...code.environment };
      const arn = names.attribute(code.name, 'Arn');
      const put = new LambdaFunction({ ...code, environment });
      for (const name of [arn, `${arn}:${this.version}`]) this.functions.set(name, put);
    }
    for (const { name, definition, type } of this.deployed.machines) this.engine.register(name, definition, type);
    return this.deployed;
  }

  /** As a caller of the run API starts one: the record, then the execution. */
  async start(input: JsonObject): Promise<string> {
    const { execution, run } = await this.record(input);
    await this.ports.executions.start(execution);
    return run;
  }

  /** Through the deployed function, as API Gateway would. */
  async api(
    target: string,
    body?: JsonObject,
    headers: { readonly [name: string]: string } = {},
  ): Promise<{ readonly status: number; readonly body: JsonObject }> {
    const [method = '', path = ''] = target.split(' ');
    const answer = await this.invoke('RunApiHandlerFunction', {
      version: '2.0',
      rawPath: path,
      headers: { 'content-type': 'application/json', ...headers },
      requestContext: { http: { method }, authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/tests' } } },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${target} fails: ${answer.text}`);
    const { statusCode, body: text } = answer.payload as { readonly statusCode: number; readonly body: string };
    return { status: statusCode, body: JSON.parse(text) as JsonObject };
  }

  /** Where the four systems are. */
  servers(): Readonly<Record<SystemName, string>> {
    return this.parts.servers;
  }

  /** The record alone, made some time ago: its caller died before the execution. */
  async record(input: JsonObject, agoMs = 0): Promise<{ readonly run: string; readonly execution: ExecutionInput }> {
    const { plan, planHash } = this.workflow();
    const clock = { ...realClock, now: () => Date.now() - agoMs };
    const started = await startRun({ plan, planHash, input, actor: 'tests' }, { ...this.ports, clock });
    if (started.kind !== 'started') throw new Error(`not started: ${JSON.stringify(started)}`);
    return { run: started.runId, execution: started.execution.input };
  }

  /** Its deadline passes at once, or has passed a while ago. */
  async expire(run: string, agoMs: number = 1_000): Promise<void> {
    const client = new DynamoDBClient({
      endpoint: this.parts.dynamo.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
    });
    const past = { N: String(Date.now() - agoMs) };
    await client.send(
      new UpdateItemCommand({
        TableName: this.runsTable(),
        Key: { pk: { S: `R#${run}` }, sk: { S: 'H' } },
        UpdateExpression: 'SET deadline = :past, wake = :past',
        ExpressionAttributeValues: { ':past': past },
      }),
    );
    client.destroy();
  }

  /** EventBridge tells nobody of what ends meanwhile. */
  async unheard<T>(work: () => Promise<T>): Promise<T> {
    this.isHeard = false;
    try {
      const result = await work();
      while (this.underWay.size > 0) await Promise.all(this.underWay);
      return result;
    } finally {
      this.isHeard = true;
    }
  }

  /** What an operator's action needs, over the same table and the same machines. */
  operator(): OperatorPorts {
    return this.ports;
  }

  /** Runs that are started meanwhile have so many seconds, in place of the days that the machine gives them. */
  async timingOutAfter<T>(seconds: number, work: () => Promise<T>): Promise<T> {
    const machines = this.deployed.machines.filter(({ logicalId }) => /Machine[0-9A-F]{8}$/.test(logicalId));
    for (const { name, definition, type } of machines)
      this.engine.register(name, { ...definition, TimeoutSeconds: seconds }, type);
    try {
      return await work();
    } finally {
      for (const { name, definition, type } of machines) this.engine.register(name, definition, type);
    }
  }

  /** Somebody stops the execution in the console. */
  async stop(run: string): Promise<void> {
    await this.engine.stop(this.executionOf(run), { error: 'Tests.Stopped', cause: 'somebody pressed the button' });
  }

  /** The service ends whatever of the run goes on there. */
  async end(run: string): Promise<void> {
    const going = await this.engine.list({ status: 'RUNNING' });
    const mine = going.filter(({ name }) => name.startsWith(`${run}-`));
    for (const { executionId } of mine) await this.engine.stop(executionId, { error: 'States.Timeout' });
  }

  /** The view of a run once no execution of anybody is under way and nothing is to follow. */
  async ended(run: string): Promise<RunView> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    return await this.view(run);
  }

  async view(run: string): Promise<RunView> {
    const record = await this.ports.journal.record(run);
    if (!record) throw new Error(`there is no run ${run}`);
    return viewFromRecord(record, await plansOf(record.header, this.ports.plans), Date.now());
  }

  /** Statuses of the executions of a run, its settlements included. */
  async executions(): Promise<readonly string[]> {
    return (await this.engine.list()).map(({ executionId, status }) => `${executionId.split(':').at(-1)} ${status}`);
  }

  async history(run: string): Promise<readonly { readonly type: string }[]> {
    return await this.engine.history(this.executionOf(run));
  }

  /** What a function's processes have taken beside what it has, in MB, by its handler. */
  memory(): ReadonlyMap<string, { readonly peak: number; readonly has: number }> {
    const found = new Map<string, { readonly peak: number; readonly has: number }>();
    for (const { name, handler } of this.deployed.functions) {
      const peak = this.functionAt(this.names().attribute(name, 'Arn')).peakMb();
      const has = Number(this.deployed.properties(name)['MemorySize']);
      const known = found.get(handler)?.peak ?? 0;
      if (peak !== undefined) found.set(handler, { peak: Math.max(known, peak), has });
    }
    return found;
  }

  /** By a part of its logical id; asked directly, as a schedule or an operator does. */
  async invoke(name: string, payload: JsonObject): Promise<Invoked> {
    const code = this.deployed.functions.find((one) => one.name.includes(name));
    if (!code) throw new Error(`there is no function ${name}`);
    return await this.functionAt(this.names().attribute(code.name, 'Arn')).invoke(payload);
  }

  /** By its name, as the Lambda service finds it. */
  async invokeNamed(name: string, payload: Json): Promise<Invoked> {
    return await this.functionAt(this.names().attribute(name, 'Arn')).invoke(payload);
  }

  /** The lines of all functions' logs. */
  logs(): readonly JsonObject[] {
    const text = [...new Set(this.functions.values())].flatMap(({ log }) => log).join('');
    return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as JsonObject] : []));
  }

  logText(): string {
    return [...new Set(this.functions.values())].flatMap(({ log }) => log).join('');
  }

  async letters(): Promise<readonly JsonObject[]> {
    const [queue = ''] = this.deployed.ids('AWS::SQS::Queue');
    const received = await this.parts.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.parts.queueUrl(queue), MaxNumberOfMessages: 10 }),
    );
    return (received.Messages ?? []).map(({ Body = '' }) => JSON.parse(Body) as JsonObject);
  }

  /** What lies in a queue of others; it is taken out. */
  async queued(name: string): Promise<readonly QueuedMessage[]> {
    const received = await this.parts.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.parts.queueUrl(name),
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    return (received.Messages ?? []).map(({ Body = '', MessageAttributes = {} }) => ({
      body: JSON.parse(Body) as JsonObject,
      attributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([key, { StringValue = '' }]) => [key, StringValue]),
      ),
    }));
  }

  async fault(system: SystemName, fault: JsonObject): Promise<void> {
    await this.backstage(system, 'POST /__faults', fault);
  }

  /** Without its faults, and, where `all`, without anything that it has: somebody has tidied up there. */
  async well(system: SystemName, what: 'faults' | 'all' = 'all'): Promise<void> {
    if (what === 'all') await this.backstage(system, 'POST /__reset');
    await this.backstage(system, 'DELETE /__faults');
  }

  /** Kinds of what stands at all systems but fraud, where opinions stay. */
  async standing(): Promise<readonly string[]> {
    const systems: readonly SystemName[] = ['inventory', 'payments', 'shipping'];
    const states = await Promise.all(systems.map((system) => this.backstage(system, 'GET /__state')));
    return states.flatMap(({ standing }) => (standing as readonly { readonly kind: string }[]).map(({ kind }) => kind));
  }

  /** Everybody well, nothing standing, no letter. */
  async reset(): Promise<void> {
    for (const system of Object.keys(this.parts.servers) as SystemName[]) {
      await this.backstage(system, 'POST /__reset');
      await this.backstage(system, 'DELETE /__faults');
    }
    await this.letters();
  }

  /** How often an operation was admitted. */
  async calls(system: SystemName, operation: string): Promise<number> {
    const { calls } = await this.backstage(system, 'GET /__state');
    return (calls as { readonly [operation: string]: number })[operation] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.engine.close();
    await Promise.all([...new Set(this.functions.values())].map((one) => one.stop()));
    await this.parts.stop();
  }

  private async backstage(system: SystemName, target: string, body?: JsonObject): Promise<JsonObject> {
    const [method = '', path = ''] = target.split(' ');
    const headers = { 'content-type': 'application/json' };
    const content = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const response = await fetch(this.parts.servers[system] + path, { method, ...content });
    const text = await response.text();
    return text === '' ? {} : (JSON.parse(text) as JsonObject);
  }

  private runsTable(): string {
    return this.deployed.ids('AWS::DynamoDB::Table').find((id) => id.includes('RunsTable')) ?? '';
  }

  /** Where the functions keep values, so that they find those of the runs that are started here. */
  private prefix(): string {
    const prefixes = this.deployed.functions.map(({ environment }) => environment['INTERLOCK_PREFIX']);
    return prefixes.find((prefix) => prefix !== undefined) ?? '';
  }

  private workflow(): DescribedIntegration['workflows'][number] {
    const [workflow] = this.synthesised.described.workflows;
    if (!workflow) throw new Error('the example has a workflow');
    return workflow;
  }

  private executionOf(run: string): string {
    const machine = this.deployed.machines.find(({ logicalId }) => /Machine[0-9A-F]{8}$/.test(logicalId));
    return `arn:aws:states:${ARN}:execution:${machine?.name}:${run}-1`;
  }

  private functionAt(arn: string): LambdaFunction {
    const found = this.functions.get(arn);
    if (!found) throw new Error(`there is no function ${arn}`);
    return found;
  }

  /** A task as Step Functions performs it: Lambda's errors come under their types, with the whole report as the cause. */
  private async perform({ resource, arguments: given }: TaskCall): Promise<TaskResult> {
    const sent = given as JsonObject;
    if (resource === 'arn:aws:states:::sqs:sendMessage') {
      const { QueueUrl, MessageBody } = sent;
      const body = typeof MessageBody === 'string' ? MessageBody : JSON.stringify(MessageBody);
      const { MessageId = '' } = await this.parts.sqs.send(
        new SendMessageCommand({ QueueUrl: String(QueueUrl), MessageBody: body }),
      );
      return { output: { MessageId } };
    }
    if (resource === 'arn:aws:states:::aws-sdk:sfn:startExecution') return await this.startedBy(sent);
    if (!/^arn:aws:states:::lambda:invoke(\.waitForTaskToken)?$/.test(resource))
      return { error: 'States.TaskFailed', cause: resource };
    const answer = await this.functionAt(String(sent['FunctionName'])).invoke(sent['Payload'] ?? {});
    return answer.ok
      ? { output: { ExecutedVersion: '$LATEST', Payload: answer.payload, StatusCode: 200 } }
      : { error: answer.errorType, cause: answer.text };
  }

  /** An execution that a machine begins, as the service's API would. */
  private async startedBy({ StateMachineArn, Name, Input }: JsonObject): Promise<TaskResult> {
    try {
      const input = JSON.parse(String(Input)) as Json;
      const { executionId } = await this.engine.start({ machine: String(StateMachineArn), name: String(Name), input });
      this.follow(executionId);
      return { output: { ExecutionArn: executionId } };
    } catch (error) {
      return { error: `Sfn.${error instanceof Failure ? error.code : 'Internal'}Exception`, cause: String(error) };
    }
  }

  /** Nobody is told of the end of its executions, and none can be looked at. */
  isExpress(machineArn: string): boolean {
    const name = machineArn.split(':')[6] ?? '';
    return this.deployed.machines.some((machine) => machine.name === name && machine.type === 'EXPRESS');
  }

  /** What EventBridge makes of an execution's end. */
  follow(executionArn: string): void {
    const following = this.tell(executionArn).finally(() => this.underWay.delete(following));
    this.underWay.add(following);
  }

  engineOf(): Engine {
    return this.engine;
  }

  private async tell(executionArn: string): Promise<void> {
    await this.engine.result(executionArn);
    const { status, input } = await this.engine.describe(executionArn);
    const [, , , , , , machine] = executionArn.split(':');
    const stateMachineArn = `arn:aws:states:${ARN}:stateMachine:${machine}`;
    const event = {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn, stateMachineArn, status, input: JSON.stringify(input) },
    };
    if (!this.isHeard || this.isExpress(stateMachineArn)) return;
    const rules = this.deployed.rules.filter(({ pattern }) => matches(pattern, event));
    for (const arn of rules.flatMap(({ targets }) => targets)) {
      const answer = await this.functionAt(arn).invoke(event);
      if (!answer.ok) throw new Error(`${arn} failed: ${answer.errorType}: ${answer.errorMessage}`);
    }
  }

  private names(): Named {
    const { queueUrl } = this.parts;
    const typeOf = (id: string): string => this.synthesised.resources.get(id)?.Type ?? '';
    const functionOfVersion = (id: string): string => {
      const { FunctionName } = this.synthesised.resources.get(id)?.Properties ?? {};
      return `arn:aws:lambda:${ARN}:function:${(FunctionName as { readonly Ref: string }).Ref}`;
    };
    const machineArn = (id: string): string => {
      const { StateMachineName } = this.synthesised.resources.get(id)?.Properties ?? {};
      return `arn:aws:states:${ARN}:stateMachine:${textOf(StateMachineName, this.names())}`;
    };
    return {
      ref: (id) => {
        if (typeOf(id) === 'AWS::SQS::Queue') return queueUrl(id);
        if (typeOf(id) === 'AWS::S3::Bucket') return this.parts.bucket;
        if (typeOf(id) === 'AWS::Lambda::Version') return `${functionOfVersion(id)}:${this.version}`;
        if (id === 'AWS::StackId') return STACK_ID;
        return typeOf(id) === 'AWS::StepFunctions::StateMachine' ? machineArn(id) : id;
      },
      attribute: (id, name) => {
        if (name !== 'Arn' && name !== 'QueueUrl') return id;
        if (name === 'QueueUrl' || typeOf(id) === 'AWS::SQS::Queue') return queueUrl(id);
        return typeOf(id) === 'AWS::Lambda::Function' ? `arn:aws:lambda:${ARN}:function:${id}` : `arn:of:${id}`;
      },
    };
  }

  /** What a function has on AWS beside its own variables, with the services where they are here. */
  private surroundings(): { readonly [name: string]: string } {
    const { dynamo, bucketService, states, secrets, lambda, sqsUrl, surroundings } = this.parts;
    return {
      ...surroundings,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_ENDPOINT_URL_S3: bucketService.url,
      AWS_ENDPOINT_URL_SFN: states.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_SQS: sqsUrl,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    };
  }

  /** As if all that is kept for runs had come so much earlier. */
  async ageMessages(ms: number): Promise<void> {
    const { mailboxes, clock } = this.operatorPorts();
    const at = clock.now();
    for (const key of await mailboxes.holding({ until: at, limit: 100 })) {
      await mailboxes.change(key, at, (box) => ({
        box: { ...box, letters: box.letters.map((letter) => ({ ...letter, at: letter.at - ms })) },
        answer: undefined,
      }));
    }
  }

  private operatorPorts(): OperatorPorts {
    const { dynamo, bucketService, states, bucket } = this.parts;
    const client = new DynamoDBClient({ endpoint: dynamo.endpoint, region: REGION, credentials: CREDENTIALS });
    const table = this.runsTable();
    const { workflowId } = this.workflow().plan;
    const told = this.deployed.functions.flatMap(({ environment }) => environment['INTERLOCK_MACHINES'] ?? []);
    const [machines = ''] = told;
    const sfn = new SFNClient({ endpoint: states.url, region: REGION, credentials: CREDENTIALS });
    const s3 = { endpoint: bucketService.url, region: REGION, credentials: CREDENTIALS, forcePathStyle: true };
    const kept = { bucket, prefix: this.prefix(), config: s3 };
    const plans = new KeptPlans(this.deployed.functions[0]?.folder ?? '', kept);
    return {
      clock: realClock,
      random: realRandom,
      journal: new DynamoJournal({
        table: new RunTable({ name: table, client }),
        workflowIds: async () => [workflowId],
      }),
      blobs: new S3Blobs(kept),
      plans,
      executions: new StepFunctionsExecutions({ client: sfn, machines, plans }),
      callbacks: new DynamoCallbacks(new SharedTable({ name: table, client })),
      mailboxes: new DynamoMailboxes(new SharedTable({ name: table, client })),
      waking: new StepFunctionsTokens(sfn),
      events: { emit: () => undefined },
      telemetry: { log: () => undefined },
    };
  }
}

/** What a deploy is made of. */
export interface Synthesised {
  readonly described: DescribedIntegration;
  readonly resources: ReturnType<typeof templateOf>;
  /** The cloud assembly. */
  readonly folder: string;
}

export interface QueuedMessage {
  readonly body: JsonObject;
  readonly attributes: { readonly [name: string]: string };
}

/** What `open-world.ts` makes it of. */
export interface Parts {
  readonly synthesised: Synthesised;
  readonly servers: Readonly<Record<SystemName, string>>;
  readonly dynamo: { readonly endpoint: string };
  readonly states: Service;
  readonly secrets: Service;
  readonly lambda: Service;
  readonly bucketService: Service;
  readonly surroundings: { readonly [name: string]: string };
  readonly bucket: string;
  readonly sqs: SQSClient;
  readonly sqsUrl: string;
  readonly queueUrl: (logicalId: string) => string;
  stop(): Promise<void>;
}
