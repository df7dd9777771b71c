/**
 * An Arazzo document (1.0 and 1.1 alike) as typed data. Tolerant: a member of the wrong type is left out, a name that
 * is missing is '', a value that is missing is null. Nothing is reported here: lib/check/structure.ts tells what is
 * wrong with the shape of a document, from the document itself. Arazzo 1.1.0, section 4.6.
 */
import type {
  ArazzoDocument,
  Components,
  FailureAction,
  Parameter,
  SourceDescription,
  SuccessAction,
  Workflow,
} from '../model/arazzo.ts';
import type { Json } from '../model/json.ts';
import {
  failureAction,
  failureActions,
  parameterOf,
  parameters,
  successAction,
  successActions,
} from './arazzo-actions.ts';
import { healthOf, outputsOf, policyOf, stepOf } from './arazzo-step.ts';
import { child, members, objects, type Spot, textIn, textsIn, versionText } from './spot.ts';

/** `inputsSchema` makes a schema stand alone: references are its business. */
export function arazzoFromRoot(root: Spot, inputsSchema: (spot: Spot) => Json): ArazzoDocument {
  const self = textIn(root, '$self');
  return {
    at: root.at,
    uri: root.at.document,
    version: versionOf(child(root, 'arazzo')?.value),
    ...(self !== undefined && { self }),
    info: infoOf(child(root, 'info')),
    sourceDescriptions: sourceDescriptions(root),
    workflows: objects(child(root, 'workflows')).map((spot) => workflowOf(spot, inputsSchema)),
    components: componentsOf(child(root, 'components')),
  };
}

export function sourceDescriptions(root: Spot): SourceDescription[] {
  return objects(child(root, 'sourceDescriptions')).map((spot) => {
    const type = textIn(spot, 'type');
    const isKnown = type === 'openapi' || type === 'arazzo' || type === 'asyncapi';
    const name = textIn(spot, 'name') ?? '';
    const health = healthOf(child(child(spot, 'x-interlock'), 'health'), name);
    return {
      at: spot.at,
      name,
      url: textIn(spot, 'url') ?? '',
      ...(isKnown && { type }),
      policy: policyOf(spot),
      ...(health && { health }),
    };
  });
}

/** Without quotes YAML makes a number of `1.1`, and of `1.0` a 1. What is neither is read as the newest. */
function versionOf(value: Json | undefined): ArazzoDocument['version'] {
  return /^1(?:\.0|$)/.test(versionText(value)) ? '1.0' : '1.1';
}

function infoOf(spot: Spot | undefined): ArazzoDocument['info'] {
  const summary = textIn(spot, 'summary');
  const description = textIn(spot, 'description');
  return {
    title: textIn(spot, 'title') ?? '',
    version: textIn(spot, 'version') ?? '',
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
  };
}

function workflowOf(spot: Spot, inputsSchema: (spot: Spot) => Json): Workflow {
  const summary = textIn(spot, 'summary');
  const description = textIn(spot, 'description');
  const inputs = child(spot, 'inputs');
  return {
    at: spot.at,
    workflowId: textIn(spot, 'workflowId') ?? '',
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(inputs && { inputs: inputsSchema(inputs) }),
    dependsOn: textsIn(spot, 'dependsOn'),
    steps: objects(child(spot, 'steps')).map(stepOf),
    successActions: successActions(child(spot, 'successActions')),
    failureActions: failureActions(child(spot, 'failureActions')),
    parameters: parameters(child(spot, 'parameters')),
    outputs: outputsOf(spot),
    policy: policyOf(spot),
  };
}

function componentsOf(spot: Spot | undefined): Components {
  const read = <T>(name: string, part: (spot: Spot) => T | undefined): Map<string, T> => {
    const entries = members(child(spot, name)).map(([key, entry]) => [key, part(entry)] as const);
    return new Map(entries.filter((entry): entry is [string, T] => entry[1] !== undefined));
  };
  return {
    inputs: read<Json>('inputs', ({ value }) => value),
    parameters: read<Parameter>('parameters', parameterOf),
    successActions: read<SuccessAction>('successActions', successAction),
    failureActions: read<FailureAction>('failureActions', failureAction),
  };
}
