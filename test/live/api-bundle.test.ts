/**
 * The run API as it is bundled for Lambda: loaded in a process of its own with what a function has in its environment, and
 * asked what needs no service. What only a bundle can break (packages that are loaded late) shows here.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayResponse } from '../../lib/aws/api-event.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { planOf, stepOf } from '../support/plan-fixture.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-bundle-'));
  cpSync(await bundleHandlers(), folder, { recursive: true });
  mkdirSync(join(folder, 'plans'));
  const plan = planOf({ steps: [stepOf({ path: 'a' })] });
  writeFileSync(join(folder, 'plans', `${'a'.repeat(64)}.json`), JSON.stringify(plan));
  writeFileSync(join(folder, 'environment.json'), '{}');
  writeFileSync(join(folder, 'ask.mjs'), ASK);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ASK = `
const { handler } = await import('./api.mjs');
const answers = [];
for (const event of JSON.parse(process.argv[2])) answers.push(await handler(event));
process.stdout.write('\\n' + JSON.stringify(answers) + '\\n');
process.exit(0);
`;

function event(method: string, target: string, actor: boolean = true): JsonObject {
  const [rawPath = '', rawQueryString = ''] = target.split('?');
  const authorizer = actor ? { iam: { userArn: 'arn:aws:iam::1:user/ann' } } : null;
  return { version: '2.0', rawPath, rawQueryString, headers: {}, requestContext: { http: { method }, authorizer } };
}

async function asked(...events: readonly JsonObject[]): Promise<readonly GatewayResponse[]> {
  const env = {
    LAMBDA_TASK_ROOT: folder,
    INTERLOCK_INTEGRATION: 'refunds',
    INTERLOCK_TABLE: 'runs',
    INTERLOCK_DEAD_LETTERS: 'https://sqs.eu-central-1.amazonaws.com/1/letters',
    INTERLOCK_MACHINES: 'arn:aws:states:eu-central-1:1:stateMachine:Refunds-',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const options = { cwd: folder, env };
  const { stdout } = await promisify(execFile)(process.execPath, ['ask.mjs', JSON.stringify(events)], options);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as readonly GatewayResponse[];
}

describe('the bundled run API', () => {
  it('gives its document and workflows, judges requests, and answers nobody unknown', async () => {
    const [document, workflows, wrong, stranger, webhook] = await asked(
      event('GET', '/openapi.json'),
      event('GET', '/workflows'),
      event('GET', '/runs?limit=none'),
      event('GET', '/runs', false),
      event('POST', '/webhooks/shop/nothing', false),
    );
    expect(JSON.parse(document?.body ?? '')).toMatchObject({ openapi: '3.1.0' });
    expect(JSON.parse(workflows?.body ?? '')).toMatchObject({ workflows: [{ planHash: 'a'.repeat(64) }] });
    expect([wrong?.statusCode, JSON.parse(wrong?.body ?? '')]).toMatchObject([400, { code: 'API001' }]);
    expect([stranger?.statusCode, JSON.parse(stranger?.body ?? '')]).toMatchObject([401, { code: 'API020' }]);
    expect([webhook?.statusCode, JSON.parse(webhook?.body ?? '')]).toMatchObject([404, { code: 'API026' }]);
  }, 60_000);
});
