/**
 * The actions that apply to a step: its own first, then those of its workflow whose name it does not use. The standard
 * says that defaults of the workflow can be overridden but not removed and leaves open how; we merge by name, so that a
 * step adds to the defaults without having to repeat them (Arazzo 1.1, sections 3, 7 and 8; docs/decisions).
 */
import { below } from '../diagnostics/place.ts';
import type { FailureAction, Reusable, SuccessAction } from '../model/arazzo.ts';
import type { ActionTarget, LinkedAction, Origin } from '../model/links.ts';
import { resolved } from './link-components.ts';
import { linkParameters } from './link-parameters.ts';
import { stepNamed, workflowNamed } from './link-workflows.ts';
import type { Linking } from './linking.ts';

export function effectiveSuccessActions(
  linking: Linking,
  own: readonly (SuccessAction | Reusable)[],
): readonly LinkedAction<SuccessAction>[] {
  return merged(
    linkSuccessActions(linking, own, 'step'),
    linkSuccessActions(linking, linking.workflow.successActions, 'workflow'),
  );
}

export function effectiveFailureActions(
  linking: Linking,
  own: readonly (FailureAction | Reusable)[],
): readonly LinkedAction<FailureAction>[] {
  return merged(
    linkFailureActions(linking, own, 'step'),
    linkFailureActions(linking, linking.workflow.failureActions, 'workflow'),
  );
}

function merged<A extends SuccessAction | FailureAction>(
  own: readonly LinkedAction<A>[],
  defaults: readonly LinkedAction<A>[],
): readonly LinkedAction<A>[] {
  const names = new Set(own.map(({ action }) => action.name));
  return [...own, ...defaults.filter(({ action }) => !names.has(action.name))];
}

function linkSuccessActions(linking: Linking, entries: readonly (SuccessAction | Reusable)[], origin: Origin) {
  return entries.flatMap((entry) => {
    const action = resolved(linking, 'successActions', entry);
    return action === undefined ? [] : [linkAction(linking, action, entry, origin)];
  });
}

function linkFailureActions(linking: Linking, entries: readonly (FailureAction | Reusable)[], origin: Origin) {
  return entries.flatMap((entry) => {
    const action = resolved(linking, 'failureActions', entry);
    return action === undefined ? [] : [linkAction(linking, action, entry, origin)];
  });
}

function linkAction<A extends SuccessAction | FailureAction>(
  linking: Linking,
  action: A,
  entry: A | Reusable,
  origin: Origin,
): LinkedAction<A> {
  const target = targetOf(linking, action);
  const parameters = linkParameters(linking, action.parameters, origin);
  return { action, origin, at: entry.at, ...(target && { target }), parameters };
}

/** An action with two targets has its own diagnostic; both names are still looked up, so that each fault is said once. */
function targetOf(linking: Linking, action: SuccessAction | FailureAction): ActionTarget | undefined {
  if (action.type === 'end') return undefined;
  const { stepId, workflowId } = action;
  const step = stepId === undefined ? undefined : stepNamed(linking, stepId, below(action.at, 'stepId'));
  const target =
    workflowId === undefined ? undefined : workflowNamed(linking, workflowId, below(action.at, 'workflowId'));
  if (stepId !== undefined && workflowId !== undefined) return undefined;
  return step === undefined ? target : { kind: 'step', step };
}
