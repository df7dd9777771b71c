/**
 * An integration as the constructs take it: the compiled workflows, and where its systems are in one environment. It is
 * plain JSON, because a construct's constructor is synchronous and the compiler is not: a child process compiles and
 * hands this over (describe-in-child.ts), unless the app has compiled already (describe-integration.ts).
 */
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { SecretRef, SystemEnvironment } from '../model/environment.ts';
import { Failure } from '../model/failure.ts';

export interface DescribedIntegration {
  /** The slug that plans, metrics and logs are named by. */
  readonly name: string;
  readonly workflows: readonly CompiledWorkflow[];
  /** Of every system that a workflow touches; nothing of a secret but where it is kept. */
  readonly environment: { readonly [system: string]: SystemEnvironment };
}

/** The systems of all workflows, in a stable order. */
export function systemsOf({ workflows }: DescribedIntegration): readonly string[] {
  return [...new Set(workflows.flatMap(({ plan }) => Object.keys(plan.systems)))].sort();
}

/** Where a system's credentials are kept, each once. */
export function secretsOf(system: string, { environment }: DescribedIntegration): readonly SecretRef[] {
  const found = new Map<string, SecretRef>();
  collect(environment[system]?.auth ?? {}, found);
  return [...found.values()];
}

const REFERENCE_KEYS = ['secret', 'parameter', 'env', 'file'];

/** A credential is a reference, or an object some of whose members are. */
function collect(value: object, found: Map<string, SecretRef>): void {
  for (const member of Object.values(value) as readonly unknown[]) {
    if (typeof member !== 'object' || member === null) continue;
    const key = REFERENCE_KEYS.find((name) => Object.hasOwn(member, name));
    // An object with one of these keys is a reference: the environment was checked against its schema.
    if (key !== undefined) found.set(JSON.stringify(member), member as SecretRef);
    else collect(member, found);
  }
}

/** A function on AWS has neither the shell's variables nor the developer's files. */
export function assertReadableOnAws(described: DescribedIntegration, environment: string): void {
  for (const system of systemsOf(described)) {
    const local = secretsOf(system, described).find((ref) => 'env' in ref || 'file' in ref);
    if (!local) continue;
    throw new Failure(
      'environment-local',
      `Environment '${environment}' keeps a credential of ${system} in ${placeOf(local)}, which does not exist on AWS`,
      {
        kind: 'document',
        remedy:
          'Refer to it by `{secret: NAME}` (Secrets Manager) or `{parameter: NAME}` (SSM), or choose another environment with `-c environment=NAME`.',
      },
    );
  }
}

function placeOf(ref: SecretRef): string {
  return 'env' in ref ? `the variable ${ref.env}` : 'file' in ref ? `the file ${ref.file}` : JSON.stringify(ref);
}
