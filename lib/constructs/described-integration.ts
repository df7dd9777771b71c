/**
 * An integration as the constructs take it: the compiled workflows, and where its systems are in one environment. It is
 * plain JSON, because a construct's constructor is synchronous and the compiler is not: a child process compiles and
 * hands this over (describe-in-child.ts), unless the app has compiled already (describe-integration.ts).
 */
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { SecretRef, SystemEnvironment } from '../model/environment.ts';
import { reachedSystems } from '../model/dependencies.ts';
import { Failure } from '../model/failure.ts';
import { signatureSecretsOf } from './channels.ts';

export interface DescribedIntegration {
  /** The slug that plans, metrics and logs are named by. */
  readonly name: string;
  readonly workflows: readonly CompiledWorkflow[];
  /** Of every system that a workflow touches; nothing of a secret but where it is kept. */
  readonly environment: { readonly [system: string]: SystemEnvironment };
}

/** The systems of all workflows that something is asked of, in a stable order. */
export function systemsOf({ workflows }: DescribedIntegration): readonly string[] {
  return [...new Set(workflows.flatMap(({ plan }) => reachedSystems(plan)))].sort();
}

/** The longest that an execution of a run can take, and after it the one that settles it. */
export function longestRunSeconds({ workflows }: DescribedIntegration): number {
  const seconds = workflows.map(
    ({ machine, undoMachine }) => (machine.TimeoutSeconds ?? 0) + (undoMachine.TimeoutSeconds ?? 0),
  );
  return Math.max(0, ...seconds);
}

/** Where a system's credentials are kept, each once. */
export function secretsOf(system: string, { environment }: DescribedIntegration): readonly SecretRef[] {
  const found = new Map<string, SecretRef>();
  collect(environment[system]?.auth ?? {}, found);
  return [...found.values()];
}

/**
 * Credentials of other systems that a system's function needs: a step in doubt is probed within its own visit, under its
 * lease, so no other function could do it. Only of the schemes that the probe's operation asks for. (A fallback calls its
 * step's system, XIL038; an undo, and a probe that settle asks for, go to the function of the system that they call.)
 */
export function borrowedSecrets(system: string, described: DescribedIntegration): readonly SecretRef[] {
  const found = new Map<string, SecretRef>();
  for (const { system: lender, schemes } of borrowedCalls(system, described)) {
    const auth = Object.entries(described.environment[lender]?.auth ?? {});
    collect(Object.fromEntries(auth.filter(([scheme]) => schemes.includes(scheme))), found);
  }
  return [...found.values()];
}

/** The system itself and those at which its steps are probed. */
export function systemsCalledBy(system: string, described: DescribedIntegration): readonly string[] {
  return [...new Set([system, ...borrowedCalls(system, described).map((call) => call.system)])].sort();
}

interface BorrowedCall {
  readonly system: string;
  readonly schemes: readonly string[];
}

function borrowedCalls(system: string, { workflows }: DescribedIntegration): readonly BorrowedCall[] {
  return workflows.flatMap(({ plan: { steps, calls, operations } }) =>
    Object.values(steps)
      .filter(({ operation }) => operations[operation]?.system === system)
      .flatMap(({ probe }) => (probe ? (operations[calls[probe.call]?.operation ?? ''] ?? []) : []))
      .filter((operation) => operation.system !== system)
      .map((operation) => ({ system: operation.system, schemes: operation.security.flatMap(Object.keys) })),
  );
}

/** What the app says of a system stands in place of what the environment file says. */
export function withSystems(
  described: DescribedIntegration,
  systems: DescribedIntegration['environment'],
): DescribedIntegration {
  const known = systemsOf(described);
  const unknown = Object.keys(systems).find((system) => !known.includes(system));
  if (unknown === undefined) return { ...described, environment: { ...described.environment, ...systems } };
  throw new Failure('system-unknown', `${described.name} has no system '${unknown}'`, {
    kind: 'usage',
    remedy: `Its systems are ${known.join(', ')}.`,
  });
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
    const own = { environment: { [system]: described.environment[system] ?? {} } };
    const all = [...secretsOf(system, described), ...signatureSecretsOf(own)];
    const local = all.find((ref) => 'env' in ref || 'file' in ref);
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

/** Whether any of its systems can be asked how it is. */
export function declaresHealth({ workflows }: DescribedIntegration): boolean {
  return workflows.some(({ plan }) => Object.values(plan.systems).some(({ health }) => health !== undefined));
}
