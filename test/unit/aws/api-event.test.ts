import { describe, expect, it } from 'vitest';
import { fromGateway, toGateway } from '../../../lib/aws/api-event.ts';
import { MOST_BODY_BYTES } from '../../../lib/api/message.ts';
import { Bug } from '../../../lib/model/assert.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';

const IAM = { iam: { userArn: 'arn:aws:sts::1:assumed-role/ops/ann' } };

function event(more: JsonObject = {}, authorizer: Json = IAM): JsonObject {
  return {
    version: '2.0',
    routeKey: 'GET /runs',
    rawPath: '/runs',
    rawQueryString: 'status=failed&status=succeeded&limit=5',
    headers: { 'Idempotency-Key': 'k', accept: '*/*' },
    requestContext: { http: { method: 'GET', path: '/runs' }, authorizer },
    ...more,
  };
}

function requestOf(given: JsonObject) {
  const read = fromGateway(given);
  if (read.kind !== 'request') throw new Error('it was refused');
  return read.request;
}

describe("API Gateway's event", () => {
  it('is a request, with headers in small letters and every value of the query', () => {
    const { headers, ...request } = requestOf(event());
    expect(request).toEqual({
      method: 'GET',
      path: '/runs',
      query: [
        ['status', 'failed'],
        ['status', 'succeeded'],
        ['limit', '5'],
      ],
      body: undefined,
      actor: 'arn:aws:sts::1:assumed-role/ops/ann',
    });
    expect([...headers]).toEqual([
      ['idempotency-key', 'k'],
      ['accept', '*/*'],
    ]);
  });

  it('tells who asks: the ARN of an IAM caller, the subject of a token, or nobody', () => {
    const actors = [IAM, { jwt: { claims: { sub: 'user-1' }, scopes: null } }, { jwt: {} }, {}, null].map(
      (authorizer) => requestOf(event({}, authorizer)).actor,
    );
    expect(actors).toEqual(['arn:aws:sts::1:assumed-role/ops/ann', 'user-1', undefined, undefined, undefined]);
  });

  it('has its body as it was sent, and none that is too large', () => {
    const encoded = Buffer.from('{"note":"ä"}').toString('base64');
    expect(requestOf(event({ body: encoded, isBase64Encoded: true })).body).toBe('{"note":"ä"}');
    expect(requestOf(event({ body: '{"note":"ä"}' })).body).toBe('{"note":"ä"}');
    const refused = fromGateway(event({ body: 'x'.repeat(MOST_BODY_BYTES + 1) }));
    expect(refused).toMatchObject({ kind: 'refused', response: { status: 413 } });
  });

  it.each([null, {}, { version: '1.0', path: '/runs' }, { version: '2.0' }])(
    'of another shape is a bug: %j',
    (given) => {
      expect(() => fromGateway(given)).toThrow(Bug);
    },
  );

  it('is answered by a status, headers and text', () => {
    expect(toGateway({ status: 202, headers: { location: '/runs/r' }, body: '{}' })).toEqual({
      statusCode: 202,
      headers: { 'cache-control': 'no-store', location: '/runs/r' },
      body: '{}',
    });
  });
});
