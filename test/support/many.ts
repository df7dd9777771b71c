/** Integrations that are larger than an example: the same workflow, or the same system, many times under names of their own. */
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';

export function withWorkflows(described: DescribedIntegration, count: number): DescribedIntegration {
  const [first] = described.workflows;
  if (!first) throw new Error('the example has a workflow');
  const workflows = Array.from({ length: count }, (_, number) => {
    const workflowId = `take-back-what-was-delivered-${number}`;
    return { ...first, workflowId, plan: { ...first.plan, workflowId } };
  });
  return { ...described, workflows };
}

/** A workflow for each system: all that it calls is there. */
export function withSystems(described: DescribedIntegration, count: number): DescribedIntegration {
  const [first] = described.workflows;
  if (!first) throw new Error('the example has a workflow');
  const called = Object.keys(first.plan.systems);
  const workflows = Array.from({ length: count }, (_, number) => {
    const name = `the-system-of-department-${number}`;
    const placeholder = `TheSystemOfDepartment${number}`;
    const text = called.reduce(
      (said, system) =>
        said.replaceAll(`"${system}"`, `"${name}"`).replaceAll(`Call${pascal(system)}`, `Call${placeholder}`),
      JSON.stringify({ ...first, workflowId: `w-${number}`, plan: { ...first.plan, workflowId: `w-${number}` } }),
    );
    return JSON.parse(text) as typeof first;
  });
  const environment = Object.fromEntries(
    workflows.map((_, number) => [`the-system-of-department-${number}`, described.environment[called[0] ?? ''] ?? {}]),
  );
  return { ...described, workflows, environment };
}

function pascal(system: string): string {
  return system.charAt(0).toUpperCase() + system.slice(1);
}
