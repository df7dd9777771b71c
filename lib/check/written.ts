/**
 * What the documents' authors wrote, each thing once, before references are followed and defaults merged: actions, and
 * the places of values and criteria. Rules about form look at these; rules about meaning look at what applies to a step.
 */
import { below } from '../diagnostics/place.ts';
import type { Criterion, FailureAction, Parameter, Reusable, Step, SuccessAction } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import type { LinkedWorkflow, Links, ReadMoment } from '../model/links.ts';
import { isReusable } from './link-components.ts';
import {
  type Site,
  sitesOfBody,
  sitesOfCriteria,
  sitesOfFallback,
  sitesOfForEach,
  sitesOfInteraction,
  sitesOfLock,
  sitesOfOutputs,
  sitesOfPoll,
  sitesOfVerdicts,
  valueSite,
} from './sites.ts';

export type Action = SuccessAction | FailureAction;

export interface WrittenAction {
  readonly description: Description;
  readonly action: Action;
}

export function writtenActions(links: Links): WrittenAction[] {
  return [
    ...links.descriptions.flatMap((description) =>
      [
        ...description.arazzo.components.successActions.values(),
        ...description.arazzo.components.failureActions.values(),
      ].map((action) => ({ description, action })),
    ),
    ...[...links.workflows.values()].flatMap(({ description, workflow }) =>
      [
        workflow.successActions,
        workflow.failureActions,
        ...workflow.steps.flatMap((step) => [step.onSuccess, step.onFailure]),
      ]
        .flatMap((entries) => entries.flatMap((entry) => (isReusable(entry) ? [] : [entry])))
        .map((action) => ({ description, action })),
    ),
  ];
}

export interface WrittenSite {
  readonly description: Description;
  /** Absent in components, and where a system is asked after its health. */
  readonly owner?: LinkedWorkflow;
  readonly site: Site;
}

export function writtenSites(links: Links): WrittenSite[] {
  return [
    ...links.descriptions.flatMap((description) => {
      const { parameters, successActions, failureActions } = description.arazzo.components;
      const actions = [...successActions.values(), ...failureActions.values()];
      return [...sitesOfParameters('request', [...parameters.values()]), ...actions.flatMap(sitesOfAction)].map(
        (site) => ({ description, site }),
      );
    }),
    ...[...links.workflows.values()].flatMap((owner) =>
      sitesOfWorkflow(owner).map((site) => ({ description: owner.description, owner, site })),
    ),
    ...links.health.flatMap(({ owner: { description }, linked }) =>
      sitesOfStep(linked.step).map((site) => ({ description, site })),
    ),
  ];
}

export interface WrittenCriterion {
  readonly description: Description;
  readonly criterion: Criterion;
}

export function writtenCriteria(links: Links): WrittenCriterion[] {
  return [
    ...writtenActions(links).flatMap(({ description, action }) =>
      action.criteria.map((criterion) => ({ description, criterion })),
    ),
    ...[...links.workflows.values()].flatMap(({ description, workflow }) =>
      workflow.steps.flatMap(criteriaOfStep).map((criterion) => ({ description, criterion })),
    ),
    ...links.health.flatMap(({ owner: { description }, linked }) =>
      criteriaOfStep(linked.step).map((criterion) => ({ description, criterion })),
    ),
  ];
}

/** Those of its actions apart. */
function criteriaOfStep({ successCriteria, undo, probe, fallback, poll }: Step): readonly Criterion[] {
  return [
    ...successCriteria,
    ...(undo?.successCriteria ?? []),
    ...(probe ? [...probe.applied, ...probe.absent] : []),
    ...(fallback?.criteria ?? []),
    ...(poll ? [...poll.until, ...poll.failed] : []),
  ];
}

function sitesOfWorkflow({ workflow }: LinkedWorkflow): Site[] {
  return [
    ...sitesOfParameters('request', workflow.parameters),
    ...[...workflow.successActions, ...workflow.failureActions].flatMap(sitesOfAction),
    ...workflow.steps.flatMap(sitesOfStep),
    ...sitesOfLock(workflow),
    ...sitesOfOutputs(workflow),
  ];
}

function sitesOfStep(step: Step): Site[] {
  return [
    ...sitesOfParameters('request', step.parameters),
    ...(step.requestBody === undefined ? [] : sitesOfBody(step.requestBody)),
    ...(step.correlationId === undefined
      ? []
      : [valueSite('request', step.correlationId, below(step.at, 'correlationId'))]),
    ...sitesOfCriteria('criteria', step.successCriteria),
    ...[...step.onSuccess, ...step.onFailure].flatMap(sitesOfAction),
    ...sitesOfOutputs(step),
    ...(step.undo ? sitesOfStep(step.undo) : []),
    ...(step.probe ? [...sitesOfStep(step.probe), ...sitesOfVerdicts(step.probe)] : []),
    ...(step.fallback ? sitesOfFallback(step.fallback) : []),
    ...(step.forEach ? sitesOfForEach(step.forEach) : []),
    ...sitesOfInteraction(step),
    ...(step.poll ? [...sitesOfStep(step.poll), ...sitesOfPoll(step.poll)] : []),
  ];
}

function sitesOfAction(action: Action | Reusable): Site[] {
  if (isReusable(action)) return [];
  return [...sitesOfCriteria('action', action.criteria), ...sitesOfParameters('action', action.parameters)];
}

function sitesOfParameters(moment: ReadMoment, parameters: readonly (Parameter | Reusable)[]): Site[] {
  return parameters.flatMap(({ value, at }) =>
    value === undefined ? [] : [valueSite(moment, value, below(at, 'value'))],
  );
}
