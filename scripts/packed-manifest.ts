/**
 * The package.json that is published, made from the repository's: what an app needs to run it and nothing of how it is
 * built. The CDK is a peer, and optional: who only checks and runs descriptions needs none, and a construct must share the
 * app's own copy. What the handlers use is in their bundles. No `node-*` package: it would replace the app's own `node`.
 */

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly bin: { readonly [command: string]: string };
  readonly imports: { readonly [name: string]: string };
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

interface Versions {
  readonly [name: string]: string;
}

/** What a construct shares with the app that it stands in; and what `verify --deployed` asks AWS by, for who wants that. */
const PEERS = [
  'aws-cdk-lib',
  'constructs',
  ...['cloudformation', 'cloudwatch', 'eventbridge', 'secrets-manager', 'sfn', 'sqs', 'ssm'].map(
    (name) => `@aws-sdk/client-${name}`,
  ),
];

const ROOT = { types: './dist/lib/public.d.ts', default: './dist/lib/public.js' };

/** `main` and `types` say the same as `exports` to compilers that do not read it yet. */
export function packedManifest(own: Manifest): object {
  const { name, version, description, license, engines, bin, imports, dependencies, devDependencies } = own;
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines,
    bin,
    imports,
    exports: { '.': ROOT, './schemas/*': './schemas/*', './package.json': './package.json' },
    main: ROOT.default,
    types: ROOT.types,
    dependencies,
    peerDependencies: Object.fromEntries(PEERS.map((peer) => [peer, `^${versionOf(devDependencies, peer)}`])),
    peerDependenciesMeta: Object.fromEntries(PEERS.map((peer) => [peer, { optional: true }])),
  };
}

function versionOf(versions: Versions, name: string): string {
  const version = versions[name];
  if (version === undefined) throw new Error(`package.json has no ${name}, which the constructs need`);
  return version;
}
