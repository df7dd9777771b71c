/** A step that waits for a person before its request is made: what is asked, for how long, and what is sensitive of it. */
import { isObject, own } from '../model/json.ts';
import type { PlanInteraction, PlanStep } from '../model/plan.ts';
import type { InteractionPolicy } from '../model/policy.ts';
import type { Value } from '../model/value.ts';
import { parseValue } from '../expressions/values.ts';
import type { StepDraft } from './draft.ts';
import { sensitiveMembers } from './sensitive-schema.ts';

export function planInteraction(draft: StepDraft, policy: InteractionPolicy | undefined): PlanInteraction | undefined {
  if (!policy) return undefined;
  const { type, title, schema, deadline, onTimeout = 'fail' } = policy;
  const description = descriptionOf(draft);
  return {
    type,
    ...(title !== undefined && { title }),
    ...(description && { description }),
    ...(schema !== undefined && { schema }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
    onTimeout,
    sensitive: schema === undefined ? [] : sensitiveMembers({ schema, root: schema }),
  };
}

/** It may hold expressions, which the step then reads. */
export function descriptionOf({ linked }: StepDraft): Value | undefined {
  const interaction = own(linked.step.policy, 'interaction');
  const text = isObject(interaction) ? own(interaction, 'description') : undefined;
  return typeof text === 'string' ? parseValue(text) : undefined;
}

export function hideDescription<S extends PlanStep>(step: S, isSensitive: (value: Value) => boolean): S {
  const { interaction } = step;
  if (!interaction?.description || !isSensitive(interaction.description)) return step;
  return { ...step, interaction: { ...interaction, hidden: true } };
}
