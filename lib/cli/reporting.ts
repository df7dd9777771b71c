/** From a compiled description to what its report is made of. Of an environment nothing is taken but where things are. */
import { analyze } from '../analyze/analyze.ts';
import type { CompiledWorkflow } from '../compile/compile.ts';
import { toJson } from '../diagnostics/render-json.ts';
import { refText } from '../embedded/secrets.ts';
import type { Credential, Environment, SystemEnvironment } from '../model/environment.ts';
import { assert } from '../model/assert.ts';
import type { PlacedSystem, ReportFacts, WorkflowFacts } from '../report/facts.ts';
import type { Assumptions } from './analysis/assumptions.ts';
import type { CompiledFile } from './compiling.ts';

export interface Reporting {
  readonly compiled: CompiledFile;
  readonly workflows: readonly CompiledWorkflow[];
  readonly assumptions: Assumptions;
  readonly silence: ReadonlySet<string>;
  readonly environment:
    | (Pick<Environment, 'name'> & { readonly system: (name: string) => SystemEnvironment })
    | undefined;
}

export function reportFacts({ compiled, workflows, assumptions, silence, environment }: Reporting): ReportFacts {
  const { description, documents } = compiled;
  const [first] = workflows;
  assert(description && first, 'a report is made of a description that compiled');
  const { title, version, summary, description: more } = description.arazzo.info;
  const about = summary ?? more;
  const systems = [...new Set(workflows.flatMap(({ plan }) => Object.keys(plan.systems)))];
  return {
    integration: first.plan.integration,
    title,
    version,
    ...(about !== undefined && { summary: about }),
    workflows: workflows.map(({ plan, planHash, machine, undoMachine }): WorkflowFacts => {
      const analysis = analyze({ plan, machine, documents, ...assumptions });
      const findings = toJson(
        analysis.findings.filter(({ code }) => !silence.has(code)),
        documents,
      );
      return { plan, planHash, machine, undoMachine, analysis, findings };
    }),
    ...(environment && {
      placed: {
        environment: environment.name,
        systems: Object.fromEntries(systems.map((name) => [name, placedSystem(environment.system(name))])),
      },
    }),
  };
}

function placedSystem({ server, servers, auth }: SystemEnvironment): PlacedSystem {
  const [first = server] = servers ?? [];
  return {
    ...(first !== undefined && { server: first }),
    credentials: Object.fromEntries(
      Object.entries(auth ?? {}).map(([scheme, credential]) => [scheme, referencesOf(credential)]),
    ),
  };
}

/** Where a credential is kept. What is written out beside it, a user name perhaps, is nobody's business here. */
function referencesOf(credential: Credential): string {
  if ('region' in credential) return `signatures of ${credential.service} in ${credential.region}`;
  if ('env' in credential || 'file' in credential || 'secret' in credential || 'parameter' in credential)
    return refText(credential);
  const parts = Object.values(credential).flatMap((part: unknown) => (isReference(part) ? [refText(part)] : []));
  return parts.join(', ');
}

function isReference(part: unknown): part is Parameters<typeof refText>[0] {
  if (typeof part !== 'object' || part === null) return false;
  return ['env', 'file', 'secret', 'parameter'].some((key) => key in part);
}
