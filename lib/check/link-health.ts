/**
 * How systems are asked after their health, linked as if each were a step of a workflow that nobody runs: so the rules of
 * calls hold for it. It is about its own source description, in whose operations alone it is looked for.
 */
import { below } from '../diagnostics/place.ts';
import type { SourceDescription, Step, Workflow } from '../model/arazzo.ts';
import type { Description, Source } from '../model/description.ts';
import type { LinkedHealth, LinkedStep, LinkedTarget, LinkedWorkflow } from '../model/links.ts';
import type { Report } from './finding.ts';
import { operationNamed } from './link-operations.ts';
import { effectiveParameters } from './link-parameters.ts';
import type { Linking } from './linking.ts';

export function linkHealth(description: Description, report: Report): readonly LinkedHealth[] {
  return description.arazzo.sourceDescriptions.flatMap((source) => {
    const found = description.sources.get(source.name);
    if (!source.health || found?.kind === 'arazzo') return [];
    const owner = ownerOf(source, source.health, description);
    const linking = { description: only(description, source, found), workflow: owner.workflow, report };
    return [{ owner, source, linked: linkedOf(linking, source.health) }];
  });
}

function linkedOf(linking: Linking, step: Step): LinkedStep {
  const target = targetOf(linking, step);
  return {
    step,
    index: 0,
    ...(target && { target }),
    parameters: effectiveParameters(linking, step.parameters, target),
    successActions: [],
    failureActions: [],
    dependsOn: [],
    // Whatever it reads of runs is refused (rules/health-unfit.ts).
    reads: [],
  };
}

function targetOf(linking: Linking, { target, at }: Step): LinkedTarget | undefined {
  if (target?.kind !== 'operationId') return undefined;
  return operationNamed(linking, target.text, below(at, 'operationId'));
}

function only(description: Description, source: SourceDescription, found: Source | undefined): Description {
  const sources = new Map(found ? [[source.name, found] as const] : []);
  return { ...description, arazzo: { ...description.arazzo, sourceDescriptions: [source] }, sources };
}

function ownerOf({ name, at }: SourceDescription, step: Step, description: Description): LinkedWorkflow {
  const workflow: Workflow = {
    at,
    workflowId: name,
    dependsOn: [],
    steps: [step],
    successActions: [],
    failureActions: [],
    parameters: [],
    outputs: new Map(),
    policy: {},
  };
  return { description, workflow, steps: [], dependsOn: [], reads: [] };
}
