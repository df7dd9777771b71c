/**
 * The services that no emulator gives, as far as handlers use them, on loopback: Step Functions over our engine, Lambda over
 * the functions of the world, Secrets Manager over a map, and a bucket's `If-None-Match`, which fauxqs does not know, before fauxqs. They speak the services'
 * own protocols, since the handlers' SDK clients are the real ones.
 */
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Engine, Started } from '../../lib/engine/driver.ts';
import { Failure } from '../../lib/model/failure.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import type { Invoked } from './lambda-function.ts';

export interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

type Operations = { readonly [operation: string]: (input: JsonObject) => Promise<Json> };

export interface StatesOptions {
  readonly engine: () => Engine;
  /** Hears of each execution once. */
  readonly onStarted: (executionArn: string) => void;
  readonly isExpress: (machineArn: string) => boolean;
  /** Hears of executions whose end is waited for. */
  readonly onWaited: (executionArn: string) => void;
}

export function stepFunctions({ engine, onStarted, onWaited, isExpress }: StatesOptions): Promise<Service> {
  let begun = 0;
  const start = async ({ stateMachineArn, name, input }: JsonObject): Promise<Started> => {
    const machine = String(stateMachineArn);
    // The name of an express execution is nobody's: each start is another one.
    begun += 1;
    const own = isExpress(machine) ? `${String(name)}--${begun}` : String(name);
    const started = await engine().start({ machine, name: own, input: JSON.parse(String(input)) as Json });
    onStarted(started.executionId);
    return started;
  };
  const standard = (executionArn: Json | undefined): string => {
    const arn = String(executionArn);
    if (isExpress(arn)) throw new Failure('InvalidArn', `not supported for express: ${arn}`);
    return arn;
  };
  return jsonService({
    async StartExecution(given) {
      const { executionId, startTime } = await start(given);
      return { executionArn: executionId, startDate: startTime / 1000 };
    },
    async StartSyncExecution(given) {
      const { stateMachineArn } = given;
      if (!isExpress(String(stateMachineArn))) throw new Failure('StateMachineTypeNotSupported', 'not express');
      const { executionId, startTime } = await start(given);
      onWaited(executionId);
      const { status, stopTime } = await engine().result(executionId);
      return { executionArn: executionId, status, startDate: startTime / 1000, stopDate: stopTime / 1000 };
    },
    async StopExecution({ executionArn: of, error, cause }) {
      const executionArn = standard(of);
      await engine().stop(executionArn, { error: String(error), cause: String(cause) });
      return { stopDate: Date.now() / 1000 };
    },
    async SendTaskSuccess({ taskToken, output }) {
      await engine().sendTaskSuccess(String(taskToken), JSON.parse(String(output)) as Json);
      return {};
    },
    async SendTaskFailure({ taskToken, error, cause }) {
      await engine().sendTaskFailure(String(taskToken), { error: String(error), cause: String(cause) });
      return {};
    },
    async DescribeExecution({ executionArn: of }) {
      const executionArn = standard(of);
      const { status, startTime } = await engine().describe(executionArn);
      return { executionArn, status, startDate: startTime / 1000 };
    },
  });
}

export function secretsManager(secrets: { readonly [name: string]: string }): Promise<Service> {
  return jsonService({
    async GetSecretValue({ SecretId }) {
      const SecretString = secrets[String(SecretId)];
      if (SecretString === undefined) throw new Failure('ResourceNotFoundException', `no secret ${String(SecretId)}`);
      return { Name: String(SecretId), SecretString };
    },
  });
}

/** Functions that invoke each other. */
export function lambda(invoke: (name: string, payload: Json) => Promise<Invoked>): Promise<Service> {
  return serving(async (request, response) => {
    const [, name = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '') ?? [];
    const answer = await invoke(decodeURIComponent(name), (await json(request)) as Json);
    if (answer.ok) response.writeHead(200).end(JSON.stringify(answer.payload));
    else response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(answer.text);
  });
}

function jsonService(operations: Operations): Promise<Service> {
  return serving(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    try {
      const work = operations[operation];
      if (!work) throw new Failure('UnknownOperationException', `${operation} is not served here`);
      const answer = await work((await json(request)) as JsonObject);
      response.writeHead(200, headers).end(JSON.stringify(answer));
    } catch (error) {
      const type = error instanceof Failure ? error.code : 'InternalFailure';
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(400, headers).end(JSON.stringify({ __type: type, message }));
    }
  });
}

/** Lets the first writer of an object win where it asks for that, as the service does. */
export function bucketOf(target: { readonly port: number }): Promise<Service> {
  const written = new Set<string>();
  return serving((request, response) => {
    const { method, url = '', headers } = request;
    if (headers['if-none-match'] === '*') {
      if (written.has(url)) return void response.writeHead(412).end(PRECONDITION_FAILED);
      written.add(url);
    }
    const onward = httpRequest({ host: '127.0.0.1', port: target.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  });
}

const PRECONDITION_FAILED =
  '<?xml version="1.0"?><Error><Code>PreconditionFailed</Code><Message>exists</Message></Error>';

async function serving(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
): Promise<Service> {
  const server: Server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
