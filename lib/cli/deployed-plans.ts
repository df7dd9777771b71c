/** The plans of all integrations in a cloud assembly (`cdk.out`): those of the assets that its manifests name, and of no older ones. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Planned } from '../analyze/deploy-changes.ts';
import { Failure } from '../model/failure.ts';
import type { Plan } from '../model/plan.ts';

const MANIFEST = '.assets.json';

export function deployedPlans(folder: string): readonly Planned[] {
  try {
    return assetsIn(folder).flatMap((asset) => plansIn(join(folder, asset, 'plans')));
  } catch (error) {
    throw new Failure('assembly-unreadable', `${folder} is not a cloud assembly of Interlock`, {
      kind: 'usage',
      cause: error,
      remedy: 'Name the `cdk.out` of what is deployed: `npx cdk synth -q -o FOLDER` in a checkout of it makes one.',
    });
  }
}

function assetsIn(folder: string): readonly string[] {
  const manifests = readdirSync(folder).filter((name) => name.endsWith(MANIFEST));
  if (manifests.length === 0) throw new Error('no manifest of assets');
  const paths = manifests.flatMap((name) => {
    const { files = {} } = readJson(join(folder, name)) as Manifest;
    return Object.values(files).map(({ source }) => source?.path ?? '');
  });
  // What handlers are deployed as has their plans beside them (lib/constructs/handler-code.ts).
  return [...new Set(paths)].filter((path) => existsSync(join(folder, path, 'plans')));
}

interface Manifest {
  readonly files?: { readonly [hash: string]: { readonly source?: { readonly path?: string } } };
}

function plansIn(folder: string): readonly Planned[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => ({
    planHash: name.slice(0, -'.json'.length),
    plan: readJson(join(folder, name)) as Plan,
  }));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
