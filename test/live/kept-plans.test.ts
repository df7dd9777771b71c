/** Plans beside the function and in the bucket: what an earlier deploy has left is found, and held to its name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeptPlans } from '../../lib/aws/kept-plans.ts';
import { canonicalJson } from '../../lib/model/canonical.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';
import { sha256 } from '../../lib/runtime/digest.ts';
import { startS3 } from '../support/s3-emulator.ts';

/** As far as this port looks into a plan, which is not at all. */
const OLD = { workflowId: 'old' } as unknown as Plan;
const NEW = { workflowId: 'new' } as unknown as Plan;
const hashOf = (plan: Plan): string => sha256(canonicalJson(plan as unknown as Json));

let folder: string;
let emulator: Awaited<ReturnType<typeof startS3>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-plans-'));
  mkdirSync(join(folder, 'plans'));
  writeFileSync(join(folder, 'plans', `${hashOf(NEW)}.json`), canonicalJson(NEW as unknown as Json));
  emulator = await startS3();
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await emulator.stop();
});

const opened = (): KeptPlans =>
  new KeptPlans(folder, { bucket: emulator.bucket, prefix: 'shop/', config: emulator.config() });

it('are found in the bucket once a version without them is deployed', async () => {
  await opened().keep(hashOf(OLD), OLD);
  expect(await opened().plan(hashOf(OLD))).toEqual(OLD);
  expect(await opened().isDeployed(hashOf(OLD))).toBe(false);
  expect(await opened().isDeployed(hashOf(NEW))).toBe(true);
});

it('of this version need no bucket at all', async () => {
  expect(await new KeptPlans(folder, {}).plan(hashOf(NEW))).toEqual(NEW);
});

it('are kept by several at once, and again', async () => {
  await Promise.all([opened().keep(hashOf(OLD), OLD), opened().keep(hashOf(OLD), OLD)]);
  await opened().keep(hashOf(OLD), OLD);
  expect(await opened().plan(hashOf(OLD))).toEqual(OLD);
});

it('that nobody kept are unknown by name, and looked for again by the next who asks', async () => {
  const plans = opened();
  await expect(plans.plan(hashOf(OLD))).rejects.toMatchObject({ code: 'plan-unknown' });
  await opened().keep(hashOf(OLD), OLD);
  expect(await plans.plan(hashOf(OLD))).toEqual(OLD);
});

it.each(['../environment', '', 'a'.repeat(63)])('with %j for a name are unknown, whatever lies there', async (name) => {
  writeFileSync(join(folder, 'environment.json'), '{}');
  await expect(opened().plan(name)).rejects.toMatchObject({ code: 'plan-unknown' });
});

it('that somebody changed in the bucket are refused', async () => {
  const client = new S3Client({ ...emulator.config(), forcePathStyle: true });
  const Key = `shop/plans/${hashOf(OLD)}.json`;
  await client.send(new PutObjectCommand({ Bucket: emulator.bucket, Key, Body: '{"workflowId":"evil"}' }));
  client.destroy();
  await expect(opened().plan(hashOf(OLD))).rejects.toMatchObject({ code: 'plan-changed' });
});

it('fail with what the service says where the bucket cannot be used', async () => {
  const plans = new KeptPlans(folder, { bucket: 'another', config: emulator.config() });
  await expect(plans.keep(hashOf(OLD), OLD)).rejects.toMatchObject({ code: 'plan-store' });
});
