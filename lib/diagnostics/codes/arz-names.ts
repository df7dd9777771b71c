/** Codes of names in Arazzo documents: ids that repeat, and references that lead nowhere. */
import type { Place } from '../../model/diagnostic.ts';
import type { Wording } from '../code.ts';
import { listed, quoted } from '../words.ts';
import { choices, correction } from './known-names.ts';

interface Reference {
  readonly text: string;
  readonly why: string;
  readonly forms: readonly string[];
  /** What was meant, where that is known. */
  readonly instead?: string | undefined;
}

export const arzNameCodes = {
  ARZ030: {
    slug: 'step-id-duplicate',
    severity: 'error',
    title: 'A stepId is unique in its workflow',
    say: ({ stepId, first }: { stepId: string; first: Place }): Wording => ({
      headline: `Step id ${quoted(stepId)} is used twice in this workflow`,
      value: stepId,
      notes: [
        'A `stepId` names one step of its workflow: actions, `dependsOn` and `$steps` expressions refer to it.',
        { text: 'First used here.', place: first },
      ],
      fix: 'Rename one of the two, and what refers to it.',
    }),
  },
  ARZ031: {
    slug: 'workflow-id-duplicate',
    severity: 'error',
    title: 'A workflowId is unique in its document',
    say: ({ workflowId, first }: { workflowId: string; first: Place }): Wording => ({
      headline: `Workflow id ${quoted(workflowId)} is used twice`,
      value: workflowId,
      notes: ['A `workflowId` names one workflow of its document.', { text: 'First used here.', place: first }],
      fix: 'Rename one of the two, and what refers to it.',
    }),
  },
  ARZ032: {
    slug: 'source-name-duplicate',
    severity: 'error',
    title: 'The name of a source description is unique in its document',
    say: ({ name, first }: { name: string; first: Place }): Wording => ({
      headline: `Source description ${quoted(name)} is declared twice`,
      value: name,
      notes: [
        'Expressions such as `$sourceDescriptions.<name>.<operationId>` choose a document by its name.',
        { text: 'First declared here.', place: first },
      ],
      fix: 'Give each source description a name of its own.',
    }),
  },
  ARZ033: {
    slug: 'id-irregular',
    severity: 'warning',
    title: 'An id is made of letters, digits, `-` and `_`',
    say: ({ what, id }: { what: string; id: string }): Wording => ({
      headline: `${what} id ${quoted(id)} has characters that expressions have no place for`,
      value: id,
      notes: [
        'Other tools cannot refer to it: the grammar of expressions allows letters, digits, `-` and `_` in an id.',
      ],
      fix: `Write ${quoted(id.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'another-id')}.`,
    }),
  },
  ARZ034: {
    slug: 'source-unknown',
    severity: 'error',
    title: 'A source description that is referred to is declared',
    say: ({ name, known }: { name: string; known: readonly string[] }): Wording => ({
      headline: `No source description is named ${quoted(name)}`,
      value: name,
      notes: [...choices(name, known, 'source description')],
      fix: correction(name, known, 'Declare it under `sourceDescriptions`, or correct the name.'),
    }),
  },
  ARZ035: {
    slug: 'workflow-unknown',
    severity: 'error',
    title: 'A workflow that is referred to exists',
    say: ({
      workflowId,
      known,
      source,
    }: {
      workflowId: string;
      known: readonly string[];
      source?: string;
    }): Wording => ({
      headline: `No workflow ${source === undefined ? '' : `of ${quoted(source)} `}is named ${quoted(workflowId)}`,
      value: workflowId,
      notes: [
        ...choices(workflowId, known, 'workflow'),
        'A workflow of another document is written `$sourceDescriptions.<name>.<workflowId>`.',
      ],
      fix: correction(workflowId, known, 'Correct the id; ids are case-sensitive.'),
    }),
  },
  ARZ036: {
    slug: 'step-unknown',
    severity: 'error',
    title: 'A step that is referred to exists',
    say: ({
      stepId,
      workflowId,
      known,
    }: {
      stepId: string;
      workflowId: string;
      known: readonly string[];
    }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} has no step ${quoted(stepId)}`,
      value: stepId,
      notes: [...choices(stepId, known, 'step')],
      fix: correction(stepId, known, 'Correct the id; ids are case-sensitive.'),
    }),
  },
  ARZ037: {
    slug: 'step-of-another-workflow',
    severity: 'error',
    title: 'A step that is referred to belongs to the same workflow',
    say: ({ stepId, workflowId, other }: { stepId: string; workflowId: string; other: Place }): Wording => ({
      headline: `Step ${quoted(stepId)} belongs to another workflow, not to ${quoted(workflowId)}`,
      value: stepId,
      notes: [
        'Actions and `$steps` expressions see the steps of their own workflow only.',
        { text: 'The step is declared here.', place: other },
      ],
      fix: 'Call that workflow by a step with `workflowId` and read its outputs, or refer to a step of this workflow.',
    }),
  },
  ARZ038: {
    slug: 'component-unknown',
    severity: 'error',
    title: 'A component that is referred to exists',
    say: ({ kind, name, known }: { kind: string; name: string; known: readonly string[] }): Wording => ({
      headline: `There is no ${quoted(name)} under components.${kind}`,
      value: name,
      notes: [...choices(name, known, 'component'), 'Components belong to the document that defines them.'],
      fix: correction(name, known, `Define it under \`components.${kind}\` of this document, or correct the name.`),
    }),
  },
  ARZ039: {
    slug: 'component-kind-wrong',
    severity: 'error',
    title: 'A reference leads to a component of the kind that its place asks for',
    say: ({ reference, expected }: { reference: string; expected: string }): Wording => ({
      headline: `Reference ${quoted(reference)} does not lead to ${quoted(expected)}`,
      value: reference,
      notes: [`This place takes components of \`components.${expected}\` only.`],
      fix: `Write \`$components.${expected}.<name>\`.`,
    }),
  },
  ARZ040: {
    slug: 'reference-malformed',
    severity: 'error',
    title: 'A reference has one of the forms that its place allows',
    say: ({ text, why, forms, instead }: Reference): Wording => ({
      headline: `${quoted(text)} is no reference: ${why.split(';')[0]}`,
      value: text,
      notes: [
        `This place takes ${listed(
          forms.map((form) => `\`${form}\``),
          'or',
        )}.`,
      ],
      fix: instead === undefined ? 'Write it in one of these forms.' : `Write \`${instead}\`.`,
    }),
  },
  ARZ041: {
    slug: 'source-kind-wrong',
    severity: 'error',
    title: 'A reference leads to a document of the kind that its place asks for',
    say: ({ name, kind, expected }: { name: string; kind: string; expected: readonly string[] }): Wording => ({
      headline: `Source description ${quoted(name)} is of type ${kind}, not ${listed(expected, 'or')}`,
      value: name,
      notes: [
        '`operationId` and `operationPath` name operations of an API, `channelPath` a channel of an AsyncAPI document, `workflowId` a workflow of an Arazzo document.',
      ],
      fix: 'Name another source description, or use the field that fits this one.',
    }),
  },
  ARZ042: {
    slug: 'reusable-value-ignored',
    severity: 'warning',
    title: 'Only a reference to a parameter takes a value',
    say: ({ reference }: { reference: string }): Wording => ({
      headline: `The value beside ${quoted(reference)} has no effect`,
      value: reference,
      notes: ['A `value` beside a `reference` replaces the value of a parameter; an action has none.'],
      fix: 'Remove the value.',
    }),
  },
  ARZ043: {
    slug: 'reference-tolerated',
    severity: 'warning',
    title: 'A reference is written as the standard has it',
    say: ({ text, instead }: { text: string; instead: string }): Wording => ({
      headline: `${quoted(text)} is not how the standard writes this reference`,
      value: text,
      notes: ['Interlock understands it, other tools may not.'],
      fix: `Write \`${instead}\`.`,
    }),
  },
} as const;
