/**
 * Requests to services of AWS as they are on the wire, in the three forms that services speak: a query with an action, JSON
 * with a target, and paths. One small file in place of ten client packages, since what is asked of an emulator is seldom
 * more than "what have you got". Nothing is signed: an emulator reads the service's name from the header, and no more.
 */
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { PSEUDO } from './template-values.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const TARGETS: { readonly [service: string]: string } = {
  dynamodb: 'DynamoDB_20120810',
  sqs: 'AmazonSQS',
  states: 'AWSStepFunctions',
  events: 'AWSEvents',
  logs: 'Logs_20140328',
  secretsmanager: 'secretsmanager',
  ssm: 'AmazonSSM',
};

export class AwsCalls {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** The result of an action of a service that speaks in queries: IAM, SNS, CloudWatch, CloudFormation. */
  async query(service: string, action: string, parameters: JsonObject = {}): Promise<JsonObject> {
    const body = new URLSearchParams({ Action: action, ContentType: 'JSON', ...flattened(parameters) });
    const answered = parsed(await this.send(service, { body }), `${service} ${action}`);
    const response = (answered[`${action}Response`] ?? {}) as JsonObject;
    return (response[`${action}Result`] ?? {}) as JsonObject;
  }

  async json(service: string, action: string, body: JsonObject = {}): Promise<JsonObject> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${TARGETS[service]}.${action}`,
    };
    return parsed(await this.send(service, { headers, body: JSON.stringify(body) }), `${service} ${action}`);
  }

  async rest(service: string, target: string, body?: JsonObject): Promise<JsonObject> {
    return parsed(await this.plain(service, target, body), `${service} ${target}`);
  }

  /** As it comes, whatever its status is. */
  async plain(service: string, target: string, body?: JsonObject): Promise<Answer> {
    const [method = '', path = ''] = target.split(' ');
    const headers = { 'content-type': 'application/json' };
    return await this.send(service, { method, path, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  private async send(service: string, { method = 'POST', path = '/', headers = {}, body }: Sent): Promise<Answer> {
    const scope = `emulated/20260101/${PSEUDO['AWS::Region']}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headers, authorization },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  }
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | URLSearchParams;
}

/** An error of a service that says by its name that there is no such thing. */
export class NotThere extends Error {}

function parsed({ status, text }: Answer, what: string): JsonObject {
  if (status < 300) return text === '' ? {} : (JSON.parse(text) as JsonObject);
  const message = `${what} answers ${status}: ${text.slice(0, 500)}`;
  if (status === 404 || /NotFound|NoSuch|DoesNotExist|NonExistent|does not exist/.test(text))
    throw new NotThere(message);
  throw new Error(message);
}

/** `{A: [{B: 1}]}` -> `A.member.1.B=1`. */
function flattened(value: Json, path = ''): { readonly [name: string]: string } {
  if (Array.isArray(value))
    return Object.assign({}, ...value.map((item: Json, index) => flattened(item, `${path}.member.${index + 1}`))) as {
      readonly [name: string]: string;
    };
  if (typeof value !== 'object' || value === null) return { [path]: String(value) };
  const members = Object.entries(value as JsonObject).map(([name, member]) =>
    flattened(member, path === '' ? name : `${path}.${name}`),
  );
  return Object.assign({}, ...members) as { readonly [name: string]: string };
}
