/**
 * API Gateway's event (HTTP API, payload 2.0) as a request of the run API, and its response as the gateway takes it. Who
 * asks is what the gateway has found out: the ARN of an IAM caller, or the subject of a JWT. An event of another shape is
 * a deployment's mistake.
 */
import { type ApiRequest, type ApiResponse, MOST_BODY_BYTES } from '../api/message.ts';
import { bodyTooLarge } from '../api/request-check.ts';
import { assert } from '../model/assert.ts';
import { isObject, type JsonObject } from '../model/json.ts';

export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export type FromGateway =
  | { readonly kind: 'request'; readonly request: ApiRequest }
  | { readonly kind: 'refused'; readonly response: ApiResponse };

export function fromGateway(event: unknown): FromGateway {
  assert(isObject(event) && event['version'] === '2.0', 'the gateway sends events of version 2.0');
  const { rawPath, rawQueryString, headers, requestContext } = event;
  assert(typeof rawPath === 'string' && isObject(requestContext), 'an event has a path and a context');
  const body = bodyOf(event);
  if (body !== undefined && body.length > MOST_BODY_BYTES) return { kind: 'refused', response: bodyTooLarge() };
  const { http, authorizer } = requestContext;
  const query = new URLSearchParams(typeof rawQueryString === 'string' ? rawQueryString : '');
  return {
    kind: 'request',
    request: {
      method: isObject(http) ? String(http['method']) : '',
      path: rawPath,
      query: [...query],
      headers: headersOf(headers),
      body: body?.toString('utf8'),
      actor: isObject(authorizer) ? actorOf(authorizer) : undefined,
    },
  };
}

export function toGateway({ status, headers, body }: ApiResponse): GatewayResponse {
  assert(typeof body === 'string', 'the ports of a function give no streams');
  return { statusCode: status, headers: { 'cache-control': 'no-store', ...headers }, body };
}

function bodyOf({ body, isBase64Encoded }: JsonObject): Buffer | undefined {
  if (typeof body !== 'string' || body === '') return undefined;
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
}

function headersOf(headers: unknown): ReadonlyMap<string, string> {
  const entries = isObject(headers) ? Object.entries(headers) : [];
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function actorOf({ iam, jwt }: JsonObject): string | undefined {
  const arn = isObject(iam) ? iam['userArn'] : undefined;
  if (typeof arn === 'string' && arn !== '') return arn;
  const claims = isObject(jwt) ? jwt['claims'] : undefined;
  const subject = isObject(claims) ? claims['sub'] : undefined;
  return typeof subject === 'string' && subject !== '' ? subject : undefined;
}
