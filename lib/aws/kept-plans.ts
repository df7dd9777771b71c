/**
 * Plans of an integration: those that this version of the functions was deployed with, and those of earlier deploys that runs
 * still name, as objects of the payload bucket. A plan is kept before the first run that names it is recorded, so a run that
 * began under another deploy can be looked at, cancelled, retried and undone by today's functions. What is read is held to
 * its name: a plan is called by its digest.
 */
import { canonicalJson } from '../model/canonical.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { sha256 } from '../runtime/digest.ts';
import type { Plans } from '../runtime/ports/plans.ts';
import { type Bucket, type BucketOptions, LazyBucket, readObject, writeOnce } from './bucket.ts';
import { bundledPlan } from './bundled-files.ts';

const HASH = /^[0-9a-f]{64}$/;

export class KeptPlans implements Plans {
  private readonly folder: string;
  private readonly bucket: LazyBucket;
  private readonly read = new Map<string, Promise<Plan>>();
  private readonly kept = new Map<string, Promise<unknown>>();

  /** `folder`: what was deployed beside the handler. */
  constructor(folder: string, options: BucketOptions) {
    this.folder = folder;
    const says = 'A plan cannot be kept in or read from the bucket';
    this.bucket = new LazyBucket(options, { code: 'plan-store', says });
  }

  plan(hash: string): Promise<Plan> {
    return remembered(
      this.read,
      hash,
      async () => (await bundledPlan(this.folder, hash)) ?? (await this.fetched(hash)),
    );
  }

  /** Whether this very version was deployed with it. */
  async isDeployed(hash: string): Promise<boolean> {
    return (await bundledPlan(this.folder, hash)) !== undefined;
  }

  /** Before a run names it. Once per process: it may well be there already. */
  async keep(hash: string, plan: Plan): Promise<void> {
    const written = (bucket: Bucket): Promise<boolean> => writeOnce(bucket, keyOf(hash), textOf(plan));
    await remembered(this.kept, hash, () => this.bucket.with(written));
  }

  private async fetched(hash: string): Promise<Plan> {
    const found = HASH.test(hash) ? this.bucket.with((bucket) => readObject(bucket, keyOf(hash))) : undefined;
    const text = await found;
    if (text === undefined) {
      throw new Failure('plan-unknown', `Neither this version of the handlers nor the bucket has the plan ${hash}`, {
        remedy:
          'Plans are in the payload bucket, below `plans/`, from the first run that names them: restore it there.',
      });
    }
    if (sha256(text) !== hash) {
      throw new Failure('plan-changed', `What the bucket has as the plan ${hash} is another`, {
        remedy: 'Somebody has changed the object below `plans/`: restore it from the deploy that made it.',
      });
    }
    return JSON.parse(text) as Plan;
  }
}

/** What failed is tried again by the next who asks. */
function remembered<T>(known: Map<string, Promise<T>>, hash: string, work: () => Promise<T>): Promise<T> {
  const result = known.get(hash) ?? work();
  known.set(hash, result);
  result.catch(() => known.delete(hash));
  return result;
}

function keyOf(hash: string): string {
  return `plans/${hash}.json`;
}

/** The bytes that it is called by. A plan is plain JSON; it only lacks the index signature. */
function textOf(plan: Plan): string {
  return canonicalJson(plan as unknown as Json);
}
