/**
 * What expressions read of other steps, inputs and workflows: the implicit dependencies of the standard, each with its
 * place. A name with dots may be one name or a way down (`$steps.a.outputs.order.id`): the longest one that its owner
 * declares is meant, as when it is evaluated. What a step reads of its own request and response is no link.
 */
import type { Expression } from '../expressions/expression.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Read, ReadSubject, WorkflowTarget } from '../model/links.ts';
import { foreignWorkflow, localWorkflow, stepNamed } from './link-workflows.ts';
import { type Linking, sourceNamed } from './linking.ts';
import { mentionsIn, type Site } from './sites.ts';

export function readsOf(linking: Linking, sites: readonly Site[]): readonly Read[] {
  return mentionsIn(sites).flatMap(({ moment, expression, text, at }) => {
    const what = subjectOf(linking, expression, at);
    return what === undefined ? [] : [{ moment, what, text, at }];
  });
}

function subjectOf(linking: Linking, expression: Expression, at: Place): ReadSubject | undefined {
  switch (expression.source) {
    case 'steps': {
      const step = stepNamed(linking, expression.stepId, at);
      return (
        step && {
          kind: 'step',
          step,
          output: declaredName(expression.name, [...step.outputs.keys(), ...(step.poll?.outputs.keys() ?? [])]),
        }
      );
    }
    case 'inputs':
      return { kind: 'input', name: declaredName(expression.name, inputNames(linking.workflow.inputs)) };
    case 'workflows':
      return workflowRead(localWorkflow(linking, expression.workflowId, at), expression);
    case 'sourceDescriptions':
      return foreignRead(linking, expression, at);
    default:
      return undefined;
  }
}

function workflowRead(
  target: WorkflowTarget | undefined,
  expression: Expression & { source: 'workflows' },
): ReadSubject | undefined {
  if (target === undefined || expression.field === 'steps') return undefined;
  return readOf(target, expression.field, expression.name);
}

/** `$sourceDescriptions.<source>.<workflowId>.outputs.<name>`; without the last part it is a field such as `url`. */
function foreignRead(
  linking: Linking,
  { name: source, reference }: Expression & { source: 'sourceDescriptions' },
  at: Place,
): ReadSubject | undefined {
  const match = /^(.+?)\.(inputs|outputs)\.([^#]+)(?:#.*)?$/.exec(reference);
  const [, workflowId, field, name] = match ?? [];
  if (workflowId === undefined || name === undefined) {
    sourceNamed(linking, source, at);
    return undefined;
  }
  const target = foreignWorkflow(linking, source, workflowId, at);
  return target && readOf(target, field === 'inputs' ? 'inputs' : 'outputs', name);
}

function readOf(target: WorkflowTarget, field: 'inputs' | 'outputs', name: string): ReadSubject {
  const { workflow } = target;
  const declared = field === 'inputs' ? inputNames(workflow.inputs) : [...workflow.outputs.keys()];
  return { kind: 'workflow', target, field, name: declaredName(name, declared) };
}

/** The name itself if it is declared, else its longest declared beginning, else its first part. */
export function declaredName(name: string, declared: readonly string[]): string {
  const candidates = declared.filter((one) => name === one || name.startsWith(`${one}.`));
  return candidates.sort((a, b) => b.length - a.length)[0] ?? name.split('.')[0] ?? name;
}

/** The properties of a workflow's inputs, as far as its schema names them itself. */
export function inputNames(inputs: Json | undefined): string[] {
  const properties = isObject(inputs) ? inputs['properties'] : undefined;
  return isObject(properties) ? Object.keys(properties) : [];
}
