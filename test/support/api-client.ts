/**
 * A client of the run API that is made from the document which the API serves: it calls operations by their ids, and holds
 * every answer against what the document promises for it (status, content type, schema of the body).
 */
import { request as httpRequest } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly ParameterOf[];
  readonly body?: { readonly required: boolean; readonly schema: JsonObject };
  /** A body of any type. */
  readonly takesAny: boolean;
  readonly responses: JsonObject;
}

export interface ParameterOf {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonObject;
}

export interface Call {
  readonly path?: { readonly [name: string]: string };
  /** Written out. */
  readonly query?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Json;
  /** Instead of a body: these very bytes. */
  readonly raw?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
  readonly json: JsonObject;
}

export class ApiClient {
  readonly url: string;
  readonly operations: readonly Operation[];
  private readonly ajv: Ajv2020;

  private constructor(url: string, document: JsonObject) {
    this.url = url;
    this.operations = operationsOf(document);
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(this.ajv);
    this.ajv.addSchema({ ...document, $id: 'api' });
  }

  static async of(url: string): Promise<ApiClient> {
    return new ApiClient(url, (await sent(`${url}/openapi.json`, 'GET', {})).json);
  }

  operation(operationId: string): Operation {
    const found = this.operations.find((one) => one.operationId === operationId);
    if (!found) throw new Error(`the document has no operation ${operationId}`);
    return found;
  }

  /** The answer, which is as the document has it. */
  async call(operationId: string, call: Call = {}): Promise<Answer> {
    const operation = this.operation(operationId);
    const answer = await this.send(operation, call);
    const faults = this.faultsOf(operation, answer);
    if (faults.length > 0) throw new Error(`${operationId} answered otherwise than its document: ${faults.join('; ')}`);
    return answer;
  }

  send({ method, path }: Operation, { path: given = {}, query, headers = {}, body, raw }: Call): Promise<Answer> {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given[name] ?? `no-${name}`));
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const typed = text === undefined ? {} : { 'content-type': 'application/json' };
    return sent(
      `${this.url}${filled}${query === undefined ? '' : `?${query}`}`,
      method,
      { ...typed, ...headers },
      text,
    );
  }

  private faultsOf({ responses }: Operation, { status, headers, text, json }: Answer): readonly string[] {
    const response = responses[String(status)];
    if (!isObject(response)) return [`status ${status} is not in the document: ${text.slice(0, 200)}`];
    const content = isObject(response['content']) ? response['content'] : {};
    const type = String(headers['content-type']);
    const media = content[type];
    if (!isObject(media)) return [`content type ${type} is not in the document`];
    const { schema } = media;
    const reference = isObject(schema) ? schema['$ref'] : undefined;
    if (typeof reference !== 'string') return [];
    const validate = this.ajv.getSchema(`api${reference}`);
    if (!validate) return [`${reference} is not in the document`];
    if (validate(json)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  /** The names of the events until the run is at rest, and its view then. */
  async follow(id: string): Promise<{ readonly names: readonly string[]; readonly view: JsonObject }> {
    const { text } = await this.call('followRun', { path: { id } });
    const events = [...text.matchAll(/^event: (\S+)\ndata: (.*)$/gm)];
    const [, , last = '{}'] = events.at(-1) ?? [];
    return { names: events.map(([, name = '']) => name), view: JSON.parse(last) as JsonObject };
  }
}

function operationsOf(document: JsonObject): readonly Operation[] {
  return Object.entries(document['paths'] as JsonObject).flatMap(([path, item]) =>
    Object.entries(item as JsonObject).map(([method, operation]): Operation => {
      const { operationId, parameters = [], requestBody, responses } = operation as JsonObject;
      const content = isObject(requestBody) ? (requestBody['content'] as JsonObject)['application/json'] : undefined;
      return {
        operationId: String(operationId),
        method: method.toUpperCase(),
        path,
        parameters: parameters as unknown as readonly ParameterOf[],
        responses: responses as JsonObject,
        takesAny: isObject(requestBody) && !isObject(content),
        ...(isObject(requestBody) &&
          isObject(content) && {
            body: { required: requestBody['required'] === true, schema: content['schema'] as JsonObject },
          }),
      };
    }),
  );
}

/** By node:http, since fetch lets nobody name another host. */
export function sent(
  url: string,
  method: string,
  headers: { readonly [name: string]: string },
  body?: string | readonly string[],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // By itself node says of no GET how long its body is.
    const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = httpRequest(url, { method, headers: { ...length, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = String(response.headers['content-type']).includes('json') && text !== '';
        const json = isJson ? (JSON.parse(text) as JsonObject) : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    let answered = false;
    request.once('response', () => (answered = true));
    // A server that has answered need not read the rest of a body.
    request.on('error', (error) => (answered ? undefined : reject(error)));
    for (const chunk of typeof body === 'string' ? [body] : (body ?? [])) request.write(chunk);
    request.end();
  });
}
