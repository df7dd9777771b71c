/** Codes of the values of an Arazzo document: expressions, conditions, selectors, and what they read. */
import type { Place } from '../../model/diagnostic.ts';
import type { Json } from '../../model/json.ts';
import type { Wording } from '../code.ts';
import { listed, nearest, quoted } from '../words.ts';
import { choices, correction } from './known-names.ts';
import { type UnfitPayload, unfitPayload } from './payload-words.ts';

/** A fault inside a string, as lib/expressions words it. */
interface Fault {
  readonly text: string;
  readonly message: string;
  readonly instead?: string;
  /** What lib/expressions calls it. */
  readonly kind: string;
}

interface UnknownOutput {
  readonly stepId: string;
  readonly output: string;
  readonly known: readonly string[];
  readonly declared: Place;
  /** The workflow that the step calls, where that one has the output. */
  readonly calls: string | undefined;
}

const NEVER_THERE =
  'The value is never there: in a body null is sent in its place, and what cannot do without it is not sent at all.';

export const arzValueCodes = {
  ARZ100: {
    slug: 'expression-invalid',
    severity: 'error',
    title: 'A runtime expression follows the grammar',
    say: (fault: Fault): Wording => ({
      headline: `Expression ${quoted(fault.text)} is not valid: ${fault.message}`,
      value: fault.text,
      notes: ['An expression is a source such as `$response`, `$inputs` or `$steps`, and the way to a value in it.'],
      fix: mended(fault, 'Correct the expression.'),
    }),
  },
  ARZ101: {
    slug: 'condition-invalid',
    severity: 'error',
    title: 'The condition of a criterion follows the grammar of its type',
    say: (fault: Fault & { readonly type: string }): Wording => ({
      headline: `The ${fault.type} condition ${quoted(fault.text)} is not valid: ${fault.message}`,
      value: fault.text,
      notes: [conditionNotes[fault.type] ?? 'The type of a criterion is `simple`, `regex`, `jsonpath` or `xpath`.'],
      fix: mended(fault, 'Correct the condition, or the `type` of the criterion.'),
    }),
  },
  ARZ102: {
    slug: 'selector-invalid',
    severity: 'error',
    title: 'A Selector Object has a context, a selector and a type that fit',
    say: (fault: Fault): Wording => ({
      headline: `Selector ${quoted(fault.text)} is not valid: ${fault.message}`,
      value: fault.text,
      notes: ['A selector picks from its `context` by a JSON Pointer, a JSONPath or an XPath, as its `type` says.'],
      fix: mended(fault, 'Correct the selector, or its `type`.'),
    }),
  },
  ARZ103: {
    slug: 'expression-tolerated',
    severity: 'warning',
    title: 'An expression is written as the standard has it',
    say: (fault: Fault): Wording => ({
      headline: `${quoted(fault.text)} is not how the standard writes it: ${fault.message}`,
      value: fault.text,
      notes: ['Interlock understands it, other tools may not.'],
      fix:
        fault.kind === 'compared-path'
          ? `Write the simple condition \`${fault.instead}\`, without \`type\` and \`context\`.`
          : mended(fault, standardWays[fault.kind] ?? 'Write it as the standard has it.'),
    }),
  },
  ARZ104: {
    slug: 'criterion-context-missing',
    severity: 'error',
    title: 'A criterion with a type has a context',
    say: ({ type, condition }: { type: string; condition: string }): Wording => ({
      headline: `Criterion ${quoted(condition)} of type ${quoted(type)} does not say what it is about`,
      value: condition,
      notes: ['A `regex`, `jsonpath` or `xpath` condition is applied to the value of its `context`.'],
      fix: 'Add a context, such as `context: $response.body`.',
    }),
  },
  ARZ105: {
    slug: 'text-like-expression',
    severity: 'warning',
    title: 'What looks like an expression is one',
    say: (fault: Fault): Wording => ({
      headline: `Text ${quoted(fault.text)} looks like an expression: ${fault.message}`,
      value: fault.text,
      notes: [`Values come from ${listed(sources.map((source) => `\`${source}\``))}.`],
      fix: mended(fault, likelySource(fault.text)),
    }),
  },
  ARZ106: {
    slug: 'output-unknown',
    severity: 'warning',
    title: 'An output that is read is declared by its step',
    say: ({ stepId, output, known, declared, calls }: UnknownOutput): Wording => ({
      headline: `Step ${quoted(stepId)} has no output ${quoted(output)}`,
      value: output,
      notes: [
        ...(calls === undefined
          ? choices(output, known, 'output')
          : [
              `Workflow ${quoted(calls)} has it, and Interlock hands it on. By the standard a step has the outputs only that it declares, and other tools may find none here.`,
            ]),
        { text: 'The step is declared here.', place: declared },
        ...(calls === undefined ? [NEVER_THERE] : []),
      ],
      fix:
        calls === undefined
          ? (misspelt(output, stepId) ??
            correction(output, known, `Declare it under \`outputs\` of step ${quoted(stepId)}, or correct the name.`))
          : `Add \`${output}: $outputs.${output}\` to the outputs of step ${quoted(stepId)}.`,
    }),
  },
  ARZ107: {
    slug: 'workflow-output-unknown',
    severity: 'warning',
    title: 'An output that is read is declared by its workflow',
    say: ({
      workflowId,
      output,
      known,
      declared,
    }: {
      workflowId: string;
      output: string;
      known: readonly string[];
      declared: Place;
    }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} has no output ${quoted(output)}`,
      value: output,
      notes: [
        ...choices(output, known, 'output'),
        { text: 'The workflow is declared here.', place: declared },
        {
          text: 'The value is never there: in a body null is sent in its place, and what cannot do without it is not sent at all.',
        },
      ],
      fix: correction(
        output,
        known,
        `Declare it under \`outputs\` of workflow ${quoted(workflowId)}, or correct the name.`,
      ),
    }),
  },
  ARZ108: {
    slug: 'input-unknown',
    severity: 'error',
    title: 'An input that is read can be given',
    say: ({ workflowId, input, known }: { workflowId: string; input: string; known: readonly string[] }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} allows no input ${quoted(input)}`,
      value: input,
      notes: [
        ...choices(input, known, 'input'),
        'Its schema has `additionalProperties: false`, so nobody could ever give it.',
      ],
      fix: correction(input, known, 'Declare the input, or correct the name.'),
    }),
  },
  ARZ109: {
    slug: 'input-undeclared',
    severity: 'warning',
    title: 'An input that is read is declared',
    say: ({ workflowId, input, known }: { workflowId: string; input: string; known: readonly string[] }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} declares no input ${quoted(input)}`,
      value: input,
      notes: [
        ...choices(input, known, 'input'),
        'It may be given all the same, but nothing says of what type it is or that it is needed.',
      ],
      fix: correction(input, known, 'Declare the input under `inputs`, or correct the name.'),
    }),
  },
  ARZ110: {
    slug: 'status-code-on-workflow',
    severity: 'warning',
    title: 'A step that calls a workflow has no status code',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} calls a workflow, so \`$statusCode\` has no meaning`,
      value: '$statusCode',
      notes: [
        'Such a step succeeds when its workflow does. A criterion that is only about `$statusCode` is left out here; other tools may let it fail.',
      ],
      fix: 'Remove the criterion, or judge an output of the workflow by `$outputs.<name>`.',
    }),
  },
  ARZ111: {
    slug: 'response-unavailable',
    severity: 'error',
    title: 'An expression reads what there is at its place',
    say: ({ text, why, fix }: { text: string; why: string; fix: string }): Wording => ({
      headline: `${quoted(text)} cannot be read here: ${why}`,
      value: text,
      notes: [
        'The response of a step is there for its own criteria, actions and outputs only; what is needed later is made an output.',
      ],
      fix,
    }),
  },
  ARZ112: {
    slug: 'workflow-not-run-before',
    severity: 'warning',
    title: 'A workflow whose outputs are read runs before',
    say: ({ text, workflowId }: { text: string; workflowId: string }): Wording => ({
      headline: `Nothing makes workflow ${quoted(workflowId)} run before ${quoted(text)} is read`,
      value: text,
      notes: ['The value is missing unless the workflow is called by an earlier step or named in `dependsOn`.'],
      fix: `Call ${quoted(workflowId)} by a step, or name it in \`dependsOn\` of this workflow.`,
    }),
  },
  ARZ113: {
    slug: 'secret-literal',
    severity: 'warning',
    title: 'A document holds no credentials',
    say: ({ name }: { name: string }): Wording => ({
      headline: `The value of ${quoted(name)} looks like a credential written into the document`,
      value: name,
      notes: ['Whoever can read the document can use it, and it is the same in every environment.'],
      fix: 'Leave it to the environment file (`systems.<name>.auth`), or take it from an input with `format: password`.',
    }),
  },
  ARZ114: {
    slug: 'output-always-null',
    severity: 'warning',
    title: 'An output that is handed on is declared by its step',
    say: ({ stepId, output, known }: { stepId: string; output: string; known: readonly string[] }): Wording => ({
      headline: `This output is always null: step ${quoted(stepId)} has no output ${quoted(output)}`,
      value: output,
      notes: [
        ...choices(output, known, 'output'),
        'A value that is missing is null in an output; in a request it would be an error.',
      ],
      fix: correction(output, known, `Declare it under \`outputs\` of step ${quoted(stepId)}, or correct the name.`),
    }),
  },
  ARZ115: {
    slug: 'output-constant',
    severity: 'warning',
    title: 'An output is an expression or a selector',
    say: ({ name, value }: { name: string; value: Json }): Wording => ({
      headline: `Output ${quoted(name)} is always ${quoted(value)}`,
      value,
      notes: [
        'An output is an expression, which begins with `$`, or a Selector Object; other tools may refuse a constant.',
      ],
      fix: 'Write an expression such as `$response.body#/id`, or remove the output.',
    }),
  },
  ARZ116: {
    slug: 'response-member-unknown',
    severity: 'warning',
    title: 'What is read of an answer is in an answer that the operation documents',
    say: ({ text, operation, name, known }: ResponseMember): Wording => ({
      headline: `${quoted(text)} reads ${quoted(name)}, which no documented answer of ${operation} has`,
      value: name,
      notes: [
        ...choices(name, known, 'member'),
        'Where the answer really has no such member, the value is missing: an output that is null, a condition that does not hold.',
      ],
      fix: correction(
        name,
        known,
        `Correct ${quoted(name)} in the pointer, or describe the member in the OpenAPI document.`,
      ),
    }),
  },
  ARZ117: {
    slug: 'payload-unfit',
    severity: 'warning',
    title: 'A payload, as it is written, fits the schema of the body',
    say: (facts: UnfitPayload): Wording => unfitPayload(facts),
  },
  ARZ118: {
    slug: 'failed-answer-unavailable',
    severity: 'warning',
    title: 'An action on failure hands on what there is when its workflow begins',
    say: ({ text, action, name }: { text: string; action: string; name: string }): Wording => ({
      headline: `${quoted(text)} is gone when action ${quoted(action)} reads it for ${quoted(name)}`,
      value: text,
      notes: [
        'A step that calls a workflow has no answer of its own, one that asks until it is done has several, and no step that has failed has outputs: the workflow begins without this input.',
      ],
      fix: 'Act on the failure in the step that makes the request, or hand on an input or an output of an earlier step.',
    }),
  },
  ARZ119: {
    slug: 'outputs-unavailable',
    severity: 'warning',
    title: '`$outputs` are those of the workflow that a step calls',
    say: ({ text, stepId }: { text: string; stepId: string }): Wording => ({
      headline: `${quoted(text)} is never there, since step ${quoted(stepId)} calls no workflow`,
      value: text,
      notes: [
        'A step that calls a workflow reads as `$outputs` what that has handed over; one that makes a request has an answer.',
      ],
      fix: 'Read the answer, as in `$response.body#/id`.',
    }),
  },
} as const;

interface ResponseMember {
  readonly text: string;
  readonly operation: string;
  readonly name: string;
  readonly known: readonly string[];
}

const standardWays: { readonly [kind: string]: string } = {
  'filter-on-root':
    'Name the list before the filter, as in `$.items[?@.open]`; that it is empty is a simple condition, as `$response.body#/items/0 == null`.',
};

const conditionNotes: { readonly [type: string]: string } = {
  simple:
    "A simple condition compares expressions and literals: `$statusCode == 200 && $response.body#/state == 'open'`.",
  regex: 'A regex condition is a pattern that is searched in the value of the `context`.',
  jsonpath: 'A jsonpath condition holds when it selects anything from the value of the `context` (RFC 9535).',
  xpath: 'An xpath condition holds when its effective boolean value for the `context` is true.',
};

/** `$steps.find.output.id` is taken for an output of the name `output`. */
function misspelt(output: string, stepId: string): string | undefined {
  return output === 'output' ? `Write \`$steps.${stepId}.outputs.\` in front of the output's name.` : undefined;
}

function mended({ text, instead }: Fault, otherwise: string): string {
  return instead === undefined || instead === text ? otherwise : `Write \`${instead}\`.`;
}

const sources: readonly string[] = [
  '$inputs',
  '$steps',
  '$workflows',
  '$response',
  '$request',
  '$statusCode',
  '$method',
  '$url',
  '$outputs',
  '$message',
  '$sourceDescriptions',
  '$self',
];

function likelySource(text: string): string {
  const near = nearest(/\$[A-Za-z]+/.exec(text)?.[0] ?? '', sources);
  return near === undefined
    ? 'Name one of these, or leave the text as it is if it is meant.'
    : `Begin it with \`${near}\`.`;
}
