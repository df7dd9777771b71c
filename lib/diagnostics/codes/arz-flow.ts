/** Codes of where an Arazzo workflow goes: actions, order, cycles, steps that nothing reaches. */
import type { Place } from '../../model/diagnostic.ts';
import type { Wording } from '../code.ts';
import { listed, quoted } from '../words.ts';

/** One edge of a cycle: `from` cannot begin before `to` has ended. */
export interface Wait {
  readonly from: string;
  readonly to: string;
  /** Written down by the author, or following from an expression. */
  readonly why: 'dependsOn' | 'output' | 'call';
  readonly at: Place;
}

export const arzFlowCodes = {
  ARZ080: {
    slug: 'action-name-duplicate',
    severity: 'error',
    title: 'The name of an action is unique in its list',
    say: ({ name, first }: { name: string; first: Place }): Wording => ({
      headline: `Action ${quoted(name)} stands twice in this list`,
      value: name,
      notes: [
        'Actions are known by their names: a step replaces an action of its workflow by using the same name.',
        { text: 'First used here.', place: first },
      ],
      fix: 'Rename one of the two.',
    }),
  },
  ARZ081: {
    slug: 'goto-target-missing',
    severity: 'error',
    title: 'A goto says where to',
    say: ({ name }: { name: string }): Wording => ({
      headline: `Action ${quoted(name)} is a goto without a target`,
      value: name,
      notes: ['A `goto` has a `stepId` of the same workflow or a `workflowId`.'],
      fix: 'Add one of the two, or use `type: end`.',
    }),
  },
  ARZ082: {
    slug: 'action-target-several',
    severity: 'error',
    title: 'An action leads to a step or to a workflow, not to both',
    say: ({ name, stepId, workflowId }: { name: string; stepId: string; workflowId: string }): Wording => ({
      headline: `Action ${quoted(name)} leads to step ${quoted(stepId)} and to workflow ${quoted(workflowId)}`,
      value: name,
      notes: ['`stepId` and `workflowId` exclude each other; a step is always one of the same workflow.'],
      fix: 'Keep one of the two.',
    }),
  },
  ARZ083: {
    slug: 'action-target-ignored',
    severity: 'warning',
    title: 'An action that ends a workflow leads nowhere',
    say: ({ name, field }: { name: string; field: string }): Wording => ({
      headline: `Action ${quoted(name)} ends the workflow, so its ${field} has no effect`,
      value: name,
      notes: ['`end` ends the workflow here; `goto` goes on elsewhere.'],
      fix: `Remove \`${field}\`, or use \`type: goto\`.`,
    }),
  },
  ARZ084: {
    slug: 'retry-field-misplaced',
    severity: 'error',
    title: 'Only a retry has retryAfter and retryLimit',
    say: ({ name, type, field }: { name: string; type: string; field: string }): Wording => ({
      headline: `Action ${quoted(name)} has ${quoted(field)}, but is of type ${quoted(type)}`,
      value: field,
      notes: ['`retryAfter` and `retryLimit` say when and how often a failed step is done again.'],
      fix: `Remove \`${field}\`, or use \`type: retry\` under \`onFailure\`.`,
    }),
  },
  ARZ085: {
    slug: 'action-parameters-misplaced',
    severity: 'error',
    title: 'Only an action that leads to a workflow has parameters',
    say: ({ name }: { name: string }): Wording => ({
      headline: `Action ${quoted(name)} has parameters, but leads to no workflow`,
      value: name,
      notes: ['The parameters of an action are the inputs of the workflow that it leads to; a step has its own.'],
      fix: 'Remove them, or lead to a workflow by `workflowId`.',
    }),
  },
  ARZ086: {
    slug: 'action-unreachable',
    severity: 'warning',
    title: 'An action can be taken',
    say: ({ name, by, byName }: { name: string; by: Place; byName: string }): Wording => ({
      headline: `Action ${quoted(name)} is never taken`,
      value: name,
      notes: [
        'The first action whose criteria all hold is taken, and one without criteria always is.',
        { text: `Action ${quoted(byName)} has no criteria.`, place: by },
      ],
      fix: 'Put it before that action, or give that one criteria.',
    }),
  },
  ARZ087: {
    slug: 'actions-merged',
    severity: 'info',
    title: 'The actions of a step come before those of its workflow',
    say: ({
      stepId,
      own,
      inherited,
    }: {
      stepId: string;
      own: readonly string[];
      inherited: readonly string[];
    }): Wording => ({
      headline: `Step ${quoted(stepId)} adds its actions to those of the workflow`,
      value: stepId,
      notes: [
        `They are tried in this order: ${listed([...own, ...inherited].map(quoted))}. One of the step replaces one of the workflow that has its name.`,
        'Other tools let the list of the step stand in place of the whole list of the workflow.',
      ],
    }),
  },
  ARZ088: {
    slug: 'forward-output-reference',
    severity: 'error',
    title: 'A step reads outputs of steps before it',
    say: ({ stepId, of, text, place }: { stepId: string; of: string; text: string; place: Place }): Wording => ({
      headline:
        of === stepId
          ? `Step ${quoted(stepId)} reads its own output ${quoted(text)} before it has one`
          : `Step ${quoted(stepId)} reads ${quoted(text)} of a step that comes after it`,
      value: text,
      notes: [
        'Steps run in the order in which they are written, unless `dependsOn` or an action says otherwise, and no action leads back here.',
        ...(of === stepId ? [] : [{ text: `Step ${quoted(of)} stands here.`, place }]),
      ],
      fix:
        of === stepId
          ? 'Read the output of an earlier step.'
          : `Move step ${quoted(of)} before this one, or order the steps by \`dependsOn\`.`,
    }),
  },
  ARZ089: {
    slug: 'step-dependency-cycle',
    severity: 'error',
    title: 'Steps do not wait for each other in a circle',
    say: ({ waits }: { waits: readonly Wait[] }): Wording => ({
      headline: `Steps wait for each other in a circle: ${circle(waits)}`,
      value: waits.map(({ from }) => from),
      notes: ['None of them could ever begin.', ...waits.map(wording)],
      fix: 'Remove one of these dependencies.',
    }),
  },
  ARZ090: {
    slug: 'workflow-dependency-cycle',
    severity: 'error',
    title: 'Workflows do not wait for each other in a circle',
    say: ({ waits }: { waits: readonly Wait[] }): Wording => ({
      headline: `Workflows wait for each other in a circle: ${circle(waits)}`,
      value: waits.map(({ from }) => from),
      notes: ['None of them could ever begin.', ...waits.map(wording)],
      fix: 'Remove one of these dependencies.',
    }),
  },
  ARZ091: {
    slug: 'step-unreachable',
    severity: 'warning',
    title: 'Every step can be reached',
    say: ({ stepId, by }: { stepId: string; by: Place | undefined }): Wording => ({
      headline: `Step ${quoted(stepId)} is never reached`,
      value: stepId,
      notes: [
        'No action leads here, and the step before it never goes on to it.',
        ...(by === undefined ? [] : [{ text: 'This action is always taken.', place: by }]),
      ],
      fix: 'Lead an action here, or remove the step.',
    }),
  },
} as const;

function circle(waits: readonly Wait[]): string {
  return [...waits.map(({ from }) => from), waits[0]?.from ?? ''].map(quoted).join(' -> ');
}

function wording({ from, to, why, at }: Wait): { text: string; place: Place } {
  const reasons = {
    dependsOn: `${quoted(from)} names ${quoted(to)} in \`dependsOn\`.`,
    output: `${quoted(from)} reads an output of ${quoted(to)}.`,
    call: `${quoted(from)} calls ${quoted(to)} by a step.`,
  };
  return { text: reasons[why], place: at };
}
