/** Codes of steps that send or receive messages, from ASY030 on: one rule a code. */
import type { Place } from '../../model/diagnostic.ts';
import type { Wording } from '../code.ts';
import { listed, quoted } from '../words.ts';

interface Opposite {
  readonly stepId: string;
  readonly action: string;
  readonly described: string;
  readonly other: string;
  readonly otherAt: Place;
}

export const asyRuleCodes = {
  ASY030: {
    slug: 'channel-action-differs',
    severity: 'warning',
    title: 'The steps of a description see an AsyncAPI document from one side',
    say: ({ stepId, action, described, other, otherAt }: Opposite): Wording => ({
      headline: `Step ${quoted(stepId)} sees the document from another side than step ${quoted(other)}`,
      value: action,
      notes: [
        `The document says ${quoted(described)} of the operation, and the step does ${quoted(action)}. A document may describe the other system, and then all steps do the opposite of what it says, or the very one that they are.`,
        { text: `Step ${quoted(other)} takes it the other way.`, place: otherAt },
      ],
      fix: `Write \`action: ${action === 'send' ? 'receive' : 'send'}\`, or name another operation.`,
    }),
  },
  ASY031: {
    slug: 'correlation-id-missing',
    severity: 'warning',
    title: 'A step that receives says which message it waits for',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} takes the next message, whoever it is for`,
      value: stepId,
      notes: [
        'Without a `correlationId` nothing tells the message of one run from that of another: of several runs the one that has waited longest gets it.',
      ],
      fix: 'Add a `correlationId` with a value that the message carries, such as an order number.',
    }),
  },
  ASY032: {
    slug: 'correlation-location-missing',
    severity: 'warning',
    title: 'A message says where it carries what tells whose it is',
    say: ({ stepId, channel }: { stepId: string; channel: string }): Wording => ({
      headline: `No message of channel ${quoted(channel)} says where its correlation id is`,
      value: stepId,
      notes: [
        'The step waits for a `correlationId`. Interlock looks for it in the headers `correlationId`, `correlation-id` and `x-correlation-id`, then in the member `correlationId` of the payload.',
      ],
      fix: "Write it into the message: `correlationId: { location: '$message.payload#/orderId' }`.",
    }),
  },
  ASY033: {
    slug: 'receive-unfit',
    severity: 'error',
    title: 'A message is waited for once, in the flow of a run that may wait',
    say: ({ stepId, why, fix }: { stepId: string; why: string; fix: string }): Wording => ({
      headline: `Step ${quoted(stepId)} receives a message, but ${why}`,
      value: stepId,
      notes: ['A run waits for a message between two steps; a message is no answer to a request.'],
      fix,
    }),
  },
  ASY034: {
    slug: 'channel-protocol-unsupported',
    severity: 'warning',
    title: 'A channel is on a protocol that Interlock speaks',
    say: ({
      stepId,
      channel,
      protocols,
    }: {
      stepId: string;
      channel: string;
      protocols: readonly string[];
    }): Wording => ({
      headline: `Channel ${quoted(channel)} is on ${listed(protocols, 'and')}, which Interlock does not speak`,
      value: stepId,
      notes: [
        'Messages go over `https`, `http`, `sqs`, `sns` and `eventbridge` on AWS, and over `http` and a queue in the data folder on one machine.',
      ],
      fix: 'Say in each environment where the channel is: `systems.<source>.channels.<name>`.',
    }),
  },
  ASY035: {
    slug: 'receive-parameter-ignored',
    severity: 'warning',
    title: 'A step takes messages of every address of its channel',
    say: ({ name, stepId, channel }: { name: string; stepId: string; channel: string }): Wording => ({
      headline: `Parameter ${quoted(name)} does not choose among the messages that step ${quoted(stepId)} takes`,
      value: name,
      notes: [
        `Whoever receives over channel ${quoted(channel)} gets messages of all its addresses, whatever stands in their place for ${quoted(name)}.`,
      ],
      fix: 'Choose by a `correlationId` of the step, and remove the parameter.',
    }),
  },
} as const;
