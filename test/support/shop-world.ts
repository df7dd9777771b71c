/**
 * A shop that is a world that outlives the processes that call it: reserve, pay, ship, each undone by a
 * DELETE, found by a GET, and honouring idempotency keys. What stands is for it to say, not for any journal. It can refuse shipments and
 * refunds, ask for patience, and be slow, in virtual time.
 */
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import type { Place } from '../../lib/embedded/places.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Clock } from '../../lib/model/time.ts';
import type { HttpAnswer, HttpRequest } from '../../lib/runtime/ports/http.ts';
import { memoryFiles } from './memory-files.ts';
import { answered } from './scripted-http.ts';

export interface Mood {
  /** Refunds are refused. */
  readonly noRefunds?: boolean;
  /** Payments are answered with 429. */
  readonly busy?: boolean;
  /** How long a payment takes. */
  readonly paymentMs?: number;
}

export class ShopWorld {
  mood: Mood;
  private readonly standing: Set<string>;
  private readonly answers: Map<string, string>;
  private made: number;

  constructor(mood: Mood = {}, from?: ShopWorld) {
    this.mood = mood;
    this.standing = new Set(from?.standing);
    this.answers = new Map(from?.answers);
    this.made = from?.made ?? 0;
  }

  copy(): ShopWorld {
    return new ShopWorld(this.mood, this);
  }

  /** Kinds of what stands, one for each effect. */
  stands(): readonly string[] {
    return [...this.standing].map((id) => id.split('-')[0] ?? '').sort();
  }

  /** Somebody undoes it by hand. */
  remove(kind: string): void {
    for (const id of this.standing) if (id.startsWith(kind)) this.standing.delete(id);
  }

  place(clock: Clock, isDead: () => boolean): Place {
    return {
      scope: 'shop',
      environments: { system: () => ({ server: 'http://shop.test' }) },
      secrets: {
        resolve: () => Promise.reject(new Error('the shop knows everybody')),
        awsKeys: () => Promise.reject(new Error('the shop asks for no signature')),
      },
      http: { send: (request) => this.send(request, clock, isDead) },
    };
  }

  /** What is sent lands at once; whether its answer is heard depends on who still listens. */
  private async send(request: HttpRequest, clock: Clock, isDead: () => boolean): Promise<HttpAnswer> {
    const answer = request.method === 'GET' ? this.find(request) : this.serve(request);
    const slow = request.method === 'POST' && request.url.endsWith('/payments') ? (this.mood.paymentMs ?? 0) : 0;
    if (slow > 0) await new Promise<void>((resolve) => void clock.after(slow, resolve));
    return isDead() ? await new Promise(() => undefined) : answer;
  }

  private serve({ method, url, headers, body }: HttpRequest): HttpAnswer {
    const [, kind = '', id] = new URL(url).pathname.split('/');
    if (method === 'DELETE') return this.undo(kind, id ?? '');
    const input = JSON.parse(new TextDecoder().decode(body)) as { readonly deliverable?: boolean };
    if (kind === 'shipments' && input.deliverable !== true) return answered(422);
    if (kind === 'payments' && this.mood.busy === true) return answered(429);
    const key = headers.find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1] ?? '';
    const known = this.answers.get(key);
    if (known !== undefined) return answered(201, { id: known });
    this.made += 1;
    const made = `${kind}-${this.made}`;
    this.answers.set(key, made);
    this.standing.add(made);
    return answered(201, { id: made });
  }

  /** What stands under a key. */
  private find({ url }: HttpRequest): HttpAnswer {
    const id = this.answers.get(new URL(url).searchParams.get('key') ?? '') ?? '';
    return answered(200, { found: this.standing.has(id), id });
  }

  private undo(kind: string, id: string): HttpAnswer {
    if (kind === 'payments' && this.mood.noRefunds === true) return answered(409);
    return this.standing.delete(id) ? answered(204) : answered(404);
  }
}

const KINDS = ['reservations', 'payments', 'shipments'] as const;

export async function shopWorkflow(onFailure: 'compensate' | 'hold' = 'compensate'): Promise<CompiledWorkflow> {
  const files = memoryFiles({
    'shop.openapi.json': JSON.stringify(openapi()),
    'workflow.arazzo.json': JSON.stringify(arazzo(onFailure)),
  });
  const { workflows, diagnostics } = await compileDescription({ entry: 'workflow.arazzo.json', files });
  const [workflow] = workflows;
  assert(workflow, `the shop compiles: ${JSON.stringify(diagnostics)}`);
  return workflow;
}

function openapi(): Json {
  const paths = KINDS.map((kind) => [
    [
      `/${kind}`,
      {
        post: operation(`make-${kind}`, []),
        get: operation(`find-${kind}`, [{ name: 'key', in: 'query', schema: TEXT }]),
      },
    ],
    [
      `/${kind}/{id}`,
      { delete: operation(`undo-${kind}`, [{ name: 'id', in: 'path', required: true, schema: TEXT }]) },
    ],
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1.0.0' },
    servers: [{ url: 'http://shop.test' }],
    paths: Object.fromEntries(paths.flat()) as Json,
  };
}

const TEXT = { type: 'string' };

function operation(operationId: string, parameters: readonly Json[]): Json {
  const made = { type: 'object', required: ['id'], properties: { id: TEXT } };
  const body = { content: { 'application/json': { schema: { type: 'object' } } } };
  return {
    operationId,
    parameters,
    ...(parameters.length === 0 && { requestBody: body }),
    responses: {
      200: { description: 'Found, or not.', content: { 'application/json': { schema: made } } },
      201: { description: 'Made.', content: { 'application/json': { schema: made } } },
      204: { description: 'Gone.' },
    },
  };
}

function arazzo(onFailure: string): Json {
  return {
    arazzo: '1.1.0',
    info: { title: 'Shop', version: '1.0.0' },
    sourceDescriptions: [{ name: 'shop', url: './shop.openapi.json', type: 'openapi' }],
    workflows: [
      {
        workflowId: 'order',
        'x-interlock': { onFailure, deadline: '3h' },
        inputs: { type: 'object', properties: { deliverable: { type: 'boolean' } } },
        steps: KINDS.map((kind) => step(kind)),
        outputs: { shipment: '$steps.make-shipments.outputs.id' },
      },
    ],
  };
}

function step(kind: string): Json {
  const retry = {
    name: 'later',
    type: 'retry',
    retryAfter: 3_600,
    retryLimit: 2,
    criteria: [{ condition: '$statusCode == 429' }],
  };
  return {
    stepId: `make-${kind}`,
    operationId: `make-${kind}`,
    requestBody: {
      contentType: 'application/json',
      payload: kind === 'shipments' ? { deliverable: '$inputs.deliverable' } : { order: 'o-1' },
    },
    outputs: { id: '$response.body#/id' },
    ...(kind === 'payments' && { onFailure: [retry] }),
    'x-interlock': {
      idempotency: { header: 'Idempotency-Key', retention: '24h' },
      retry: { attempts: 1 },
      onChange: 'redo',
      compensate: {
        operationId: `undo-${kind}`,
        parameters: [{ name: 'id', in: 'path', value: `$steps.make-${kind}.outputs.id` }],
      },
      probe: {
        operationId: `find-${kind}`,
        parameters: [{ name: 'key', in: 'query', value: '$request.header.Idempotency-Key' }],
        applied: [{ condition: '$response.body#/found == true' }],
        absent: [{ condition: '$response.body#/found == false' }],
        outputs: { id: '$response.body#/id' },
      },
    },
  };
}
