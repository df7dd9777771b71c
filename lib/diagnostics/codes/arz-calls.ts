/** Codes of what a step of an Arazzo document calls: its target, the parameters and the body that it sends. */
import type { Place } from '../../model/diagnostic.ts';
import type { Wording } from '../code.ts';
import { listed, quoted } from '../words.ts';
import { choices, correction } from './known-names.ts';

const targets = '`operationId`, `operationPath`, `channelPath` or `workflowId`';

interface RespelledParameter {
  readonly given: string;
  readonly name: string;
  /** Where it is said to go, if not in the path. */
  readonly where?: string;
  readonly operation: string;
}

export const arzCallCodes = {
  ARZ050: {
    slug: 'step-target-missing',
    severity: 'error',
    title: 'A step names what it calls',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} calls nothing`,
      value: stepId,
      notes: [`A step has exactly one of ${targets}.`],
      fix: 'Add the one that names what this step calls.',
    }),
  },
  ARZ051: {
    slug: 'step-target-several',
    severity: 'error',
    title: 'A step names one thing that it calls',
    say: ({ stepId, fields }: { stepId: string; fields: readonly string[] }): Wording => ({
      headline: `Step ${quoted(stepId)} has ${listed(fields)}`,
      value: [...fields],
      notes: [`A step has exactly one of ${targets}.`],
      fix: 'Keep one, and make a step of its own of each other.',
    }),
  },
  ARZ052: {
    slug: 'operation-unknown',
    severity: 'error',
    title: 'An operation that is called exists',
    say: ({
      operationId,
      sources,
      known,
    }: {
      operationId: string;
      sources: readonly string[];
      known: readonly string[];
    }): Wording => ({
      headline:
        sources.length === 0
          ? `There is no operation ${quoted(operationId)}: no source description is an API`
          : `${listed(sources.map(quoted), 'and')} ${sources.length === 1 ? 'has' : 'have'} no operation ${quoted(operationId)}`,
      value: operationId,
      notes: [...choices(operationId, known, 'operation')],
      fix: correction(
        operationId,
        known,
        'Correct the operationId; ids are case-sensitive. An operation without one is called by `operationPath`.',
      ),
    }),
  },
  ARZ053: {
    slug: 'operation-id-ambiguous',
    severity: 'error',
    title: 'A plain operationId belongs to one source description',
    say: ({ operationId, sources }: { operationId: string; sources: readonly string[] }): Wording => ({
      headline: `Operation ${quoted(operationId)} exists in ${listed(sources.map(quoted))}`,
      value: operationId,
      notes: ['With several source descriptions an operation is named together with its source.'],
      fix: `Write ${listed(
        sources.map((source) => `\`$sourceDescriptions.${source}.${operationId}\``),
        'or',
      )}.`,
    }),
  },
  ARZ054: {
    slug: 'operation-id-unqualified',
    severity: 'warning',
    title: 'With several source descriptions an operationId names its source',
    say: ({ operationId, source }: { operationId: string; source: string }): Wording => ({
      headline: `Operation ${quoted(operationId)} does not say which of the source descriptions it belongs to`,
      value: operationId,
      notes: [
        `Only ${quoted(source)} has it today. The standard asks for the name of the source where there are several, so that a new version of another document cannot change what is called.`,
      ],
      fix: `Write \`$sourceDescriptions.${source}.${operationId}\`.`,
    }),
  },
  ARZ055: {
    slug: 'operation-path-malformed',
    severity: 'error',
    title: 'An operationPath or channelPath is a source and a JSON Pointer',
    say: ({ field, text, why }: { field: string; text: string; why: string }): Wording => ({
      headline: `${field} ${quoted(text)} is malformed`,
      value: text,
      notes: [`${why.charAt(0).toUpperCase()}${why.slice(1)}.`, 'A `/` in a path is written `~1` in a JSON Pointer.'],
      fix:
        field === 'channelPath'
          ? "Write it like `'{$sourceDescriptions.<name>.url}#/channels/<channel>'`."
          : "Write it like `'{$sourceDescriptions.<name>.url}#/paths/~1orders~1{id}/get'`, or use `operationId`.",
    }),
  },
  ARZ056: {
    slug: 'operation-path-unresolved',
    severity: 'error',
    title: 'An operationPath leads to an operation',
    say: ({ pointer, source, known }: { pointer: string; source: string; known: readonly string[] }): Wording => ({
      headline: `${quoted(pointer)} leads to no operation of ${quoted(source)}`,
      value: pointer,
      notes: [
        ...choices(pointer, known, 'operation'),
        'The pointer goes through `paths`, the path with `/` written `~1`, and the method in lower case.',
      ],
      fix: correction(pointer, known, 'Correct the pointer, or use `operationId`.'),
    }),
  },
  ARZ057: {
    slug: 'channel-unknown',
    severity: 'error',
    title: 'A channel or operation of an AsyncAPI document that a step names exists',
    say: ({ name, source, known }: { name: string; source: string; known: readonly string[] }): Wording => ({
      headline: `${quoted(source)} has no ${quoted(name)}`,
      value: name,
      notes: [...choices(name, known, 'channel')],
      fix: correction(name, known, 'Correct the name.'),
    }),
  },
  ARZ058: {
    slug: 'channel-action-missing',
    severity: 'error',
    title: 'A step on a channel says whether it sends or receives',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} does not say whether it sends or receives`,
      value: stepId,
      notes: ['A step on a channel or an operation of an AsyncAPI document has an `action`.'],
      fix: 'Add `action: send` or `action: receive`.',
    }),
  },
  ARZ059: {
    slug: 'channel-field-misplaced',
    severity: 'error',
    title: 'Only a step on a channel has an action or a correlationId',
    say: ({ stepId, field }: { stepId: string; field: string }): Wording => ({
      headline: `Step ${quoted(stepId)} has ${quoted(field)} but no channel`,
      value: field,
      notes: ['`action` and `correlationId` are about messages; this step makes an HTTP request or calls a workflow.'],
      fix: `Remove \`${field}\`, or name a channel or an operation of an AsyncAPI document.`,
    }),
  },
  ARZ060: {
    slug: 'correlation-id-on-send',
    severity: 'error',
    title: 'Only a step that receives has a correlationId',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} sends, but has a correlationId`,
      value: stepId,
      notes: ['A `correlationId` chooses among the messages that come in; a message that is sent carries its own.'],
      fix: 'Move it to the step that receives, or send the id in the payload or a header.',
    }),
  },
  ARZ061: {
    slug: 'parameter-duplicate',
    severity: 'error',
    title: 'A list of parameters has each name and place once',
    say: ({ name, where, first }: { name: string; where: string | undefined; first: Place }): Wording => ({
      headline: `Parameter ${quoted(name)}${where === undefined ? '' : ` in ${where}`} is given twice`,
      value: name,
      notes: [
        'A parameter is known by its `name` and `in` together; names of headers are equal in any case.',
        { text: 'First given here.', place: first },
      ],
      fix: 'Keep one of the two.',
    }),
  },
  ARZ062: {
    slug: 'parameter-in-missing',
    severity: 'error',
    title: 'A parameter of an operation says where it goes',
    say: ({ name, declared }: { name: string; declared: readonly string[] }): Wording => ({
      headline: `Parameter ${quoted(name)} does not say where in the request it goes`,
      value: name,
      notes: ['`in` is left out only for the inputs of a workflow.'],
      fix:
        declared.length > 0
          ? `Add \`in: ${declared[0]}\`.`
          : 'Add `in: path`, `query`, `header`, `cookie` or `querystring`.',
    }),
  },
  ARZ063: {
    slug: 'parameter-in-ignored',
    severity: 'warning',
    title: 'A parameter of a workflow has no place in a request',
    say: ({ name, where }: { name: string; where: string }): Wording => ({
      headline: `Parameter ${quoted(name)} is the input of a workflow, so ${quoted(where)} has no effect`,
      value: where,
      notes: [
        'A step with `workflowId` makes no request of its own: its parameters are the inputs of that workflow, by name.',
      ],
      fix: 'Remove `in`.',
    }),
  },
  ARZ064: {
    slug: 'parameter-in-forbidden',
    severity: 'error',
    title: 'A parameter of an action has no place in a request',
    say: ({ name, where }: { name: string; where: string }): Wording => ({
      headline: `Parameter ${quoted(name)} of an action has ${quoted(`in: ${where}`)}`,
      value: where,
      notes: ['The parameters of an action are the inputs of the workflow that it leads to; `in` must not be there.'],
      fix: 'Remove `in`.',
    }),
  },
  ARZ065: {
    slug: 'path-parameter-unknown',
    severity: 'error',
    title: 'A path parameter stands in the path',
    say: ({ name, operation, known }: { name: string; operation: string; known: readonly string[] }): Wording => ({
      headline: `Path parameter ${quoted(name)} is not in ${operation}`,
      value: name,
      notes: [...choices(name, known, 'path parameter')],
      fix: correction(name, known, 'Use the name in the braces of the path; names are case-sensitive.'),
    }),
  },
  ARZ066: {
    slug: 'path-parameter-missing',
    severity: 'error',
    title: 'Every parameter of the path is given',
    say: ({ name, operation, stepId }: { name: string; operation: string; stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} does not give path parameter ${quoted(name)} of ${operation}`,
      value: name,
      notes: ['Without it there is no URL to call.'],
      fix: `Add \`{name: ${name}, in: path, value: ...}\` to the parameters of the step.`,
    }),
  },
  ARZ067: {
    slug: 'parameter-unknown',
    severity: 'warning',
    title: 'A parameter is one that the operation declares',
    say: ({
      name,
      where,
      operation,
      known,
    }: {
      name: string;
      where: string;
      operation: string;
      known: readonly string[];
    }): Wording => ({
      headline: `${operation} declares no ${where} parameter ${quoted(name)}`,
      value: name,
      notes: [
        ...choices(name, known, `${where} parameter`),
        'It is sent as it is; what the system makes of it is not described.',
      ],
      fix: correction(name, known, 'Correct the name or the place, or declare the parameter in the OpenAPI document.'),
    }),
  },
  ARZ068: {
    slug: 'parameter-missing',
    severity: 'warning',
    title: 'Every parameter that the operation requires is given',
    say: ({
      name,
      where,
      operation,
      stepId,
    }: {
      name: string;
      where: string;
      operation: string;
      stepId: string;
    }): Wording => ({
      headline: `Step ${quoted(stepId)} does not give ${where} parameter ${quoted(name)}, which ${operation} requires`,
      value: name,
      notes: ['The system will probably refuse the request.'],
      fix: `Add \`{name: ${name}, in: ${where}, value: ...}\` to the parameters of the step.`,
    }),
  },
  ARZ069: {
    slug: 'querystring-beside-query',
    severity: 'error',
    title: 'A querystring parameter is the whole query',
    say: ({ name, other }: { name: string; other: Place }): Wording => ({
      headline: `Parameter ${quoted(name)} is the whole query, but there are query parameters too`,
      value: name,
      notes: [
        'A parameter with `in: querystring` gives the full text after the `?`.',
        { text: 'A query parameter is given here.', place: other },
      ],
      fix: 'Use `querystring` alone, or `query` parameters only.',
    }),
  },
  ARZ070: {
    slug: 'request-body-unexpected',
    severity: 'warning',
    title: 'A body is sent only to an operation that takes one',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `Step ${quoted(stepId)} sends a body, but ${operation} declares none`,
      value: stepId,
      notes: ['It is sent as it is; systems may ignore or refuse it.'],
      fix: 'Remove `requestBody`, or declare the body in the OpenAPI document.',
    }),
  },
  ARZ071: {
    slug: 'request-body-missing',
    severity: 'error',
    title: 'A body that the operation requires is given',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `Step ${quoted(stepId)} sends no body, but ${operation} requires one`,
      value: stepId,
      notes: ['The request would break the contract of the system, so it is never sent.'],
      fix: 'Add `requestBody` with a `payload`, or make the body optional in the OpenAPI document.',
    }),
  },
  ARZ072: {
    slug: 'content-type-unknown',
    severity: 'warning',
    title: 'The content type of a body is one that the operation takes',
    say: ({
      contentType,
      operation,
      known,
    }: {
      contentType: string;
      operation: string;
      known: readonly string[];
    }): Wording => ({
      headline: `${operation} does not take ${quoted(contentType)}`,
      value: contentType,
      notes: [`It takes ${listed(known.map(quoted), 'or')}.`],
      fix: 'Use one of these, or declare the content type in the OpenAPI document.',
    }),
  },
  ARZ073: {
    slug: 'replacement-target-invalid',
    severity: 'error',
    title: 'The target of a replacement is a JSON Pointer, JSONPath or XPath',
    say: ({ target, why }: { target: string; why: string }): Wording => ({
      headline: `Replacement target ${quoted(target)} is not valid: ${why}`,
      value: target,
      notes: [
        'Without `targetSelectorType` the target is a JSON Pointer such as `/items/0/sku` (an XPath for an XML payload).',
      ],
      fix: 'Correct the target, or say by `targetSelectorType` which language it is in.',
    }),
  },
  ARZ074: {
    slug: 'input-missing',
    severity: 'error',
    title: 'Every input that a called workflow requires is given',
    say: ({ name, workflowId, declared }: { name: string; workflowId: string; declared: Place }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} requires input ${quoted(name)}, which is not given`,
      value: name,
      notes: [
        'A called workflow sees the inputs that its caller gives as parameters, and the defaults of its own schema.',
        { text: 'Its inputs are declared here.', place: declared },
      ],
      fix: `Add \`{name: ${name}, value: ...}\` to the parameters.`,
    }),
  },
  ARZ075: {
    slug: 'input-unexpected',
    severity: 'warning',
    title: 'An input that is given is one that the called workflow declares',
    say: ({ name, workflowId, known }: { name: string; workflowId: string; known: readonly string[] }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} declares no input ${quoted(name)}`,
      value: name,
      notes: [...choices(name, known, 'input')],
      fix: correction(name, known, 'Correct the name, or declare the input.'),
    }),
  },
  ARZ076: {
    slug: 'request-body-ignored',
    severity: 'warning',
    title: 'A step that calls a workflow has no body',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `The body of step ${quoted(stepId)} has no effect`,
      value: stepId,
      notes: ['A step with `workflowId` makes no request of its own; it hands over inputs as parameters.'],
      fix: 'Give what the workflow needs as `parameters`.',
    }),
  },
  ARZ077: {
    slug: 'path-parameter-respelled',
    severity: 'warning',
    title: 'A path parameter is spelt as in the path',
    say: ({ given, name, where, operation }: RespelledParameter): Wording => ({
      headline:
        where === undefined
          ? `Path parameter ${quoted(given)} is taken for ${quoted(name)} of ${operation}`
          : `Parameter ${quoted(given)} in ${where} is taken for the path parameter of ${operation}`,
      value: given,
      notes: [
        where === undefined
          ? 'Names are case-sensitive. This one differs in case or separators only, and no other one is like it, so it is followed here; other tools refuse it.'
          : `The path needs a value of that name, and the operation has no such parameter in ${where}, so it is followed here; other tools refuse it.`,
      ],
      fix: where === undefined ? `Write \`name: ${name}\`.` : 'Write `in: path`.',
    }),
  },
  ARZ078: {
    slug: 'security-not-supported',
    severity: 'warning',
    title: 'An operation can be called with a credential that Interlock knows how to send',
    say: ({ stepId, operation, name, kind }: SecurityFacts): Wording => ({
      headline: `Step ${quoted(stepId)} needs the security scheme ${quoted(name)} for ${operation}, and ${kind} is not supported yet`,
      value: name,
      notes: [
        'A simulated run asks for no credential. With the system itself nothing is sent: the step fails, and what stands is undone.',
        'Supported are apiKey, http bearer and basic, oauth2, openIdConnect, mutualTLS, and AWS signatures.',
      ],
      fix: 'Let the step pass its token in an `Authorization` header, or call an operation with another scheme.',
    }),
  },
} as const;

interface SecurityFacts {
  readonly stepId: string;
  readonly operation: string;
  readonly name: string;
  /** In words: `http digest`. */
  readonly kind: string;
}
