/** Codes of data flow (`interlock analyze`): what one system gives against what the next one takes. */
import type { Wording } from '../code.ts';
import { capital, listed, quoted } from '../words.ts';

export interface FlowFacts {
  /** The value, as it is written where it begins. */
  readonly from: string;
  /** Where it goes. */
  readonly to: string;
  readonly operation: string;
  /** Members on the way to what does not fit; '' is the value itself. */
  readonly within: string;
  readonly given: string;
  readonly wanted: string;
  readonly certain: boolean;
  /** What stood in for the step. */
  readonly by?: 'probe' | 'fallback';
}

const inside = ({ within }: FlowFacts): string => (within === '' ? '' : ` at ${within}`);

const ends = (facts: FlowFacts, consequence: string): readonly string[] => [
  `By the documents it is ${facts.given}; ${facts.operation} wants ${facts.wanted}.`,
  ...(facts.by ? [`This is the value that the ${facts.by} gives in place of the step's own.`] : []),
  consequence,
];

const outside = ({ certain }: FlowFacts): string =>
  certain
    ? 'No value of the first is one of the second: every run that comes here is refused.'
    : 'Some values of the first are none of the second: a run that meets one is refused.';

const lacking = ({ certain }: FlowFacts): string =>
  certain
    ? 'It is excluded there: every run that comes here fails.'
    : 'A run that does not find it fails here, when what stands before has been done.';

const says = (facts: FlowFacts, verb: string, fix: string, consequence: string = outside(facts)): Wording => ({
  headline: `${capital(facts.from)}${inside(facts)} ${verb} ${facts.to}`,
  value: facts.from,
  notes: ends(facts, consequence),
  fix,
});

export const flwCodes = {
  FLW001: {
    slug: 'value-missing',
    severity: 'warning',
    title: 'What a request needs is in the answer that it is read from',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        'is in no documented answer, and is needed for',
        'Read a member that the answer has, or mend its document.',
      ),
  },
  FLW002: {
    slug: 'value-may-be-absent',
    severity: 'info',
    title: 'What a request needs is required in the answer that it is read from',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        'may be absent, and is needed for',
        'Name it in a success criterion, so that the step fails where it is missing, or read what is always there.',
        lacking(facts),
      ),
  },
  FLW003: {
    slug: 'value-may-be-null',
    severity: 'warning',
    title: 'What may be null goes only where null is taken',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        facts.certain ? 'is null, which is not taken by' : 'may be null, which is not taken by',
        'Add a success criterion that refuses null, or read another value.',
      ),
  },
  FLW004: {
    slug: 'value-type-differs',
    severity: 'warning',
    title: 'A value has the type that is asked for where it goes',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        facts.certain ? 'is of another type than' : 'may be of another type than',
        'Read the member that is meant, or mend the document that is wrong.',
      ),
  },
  FLW005: {
    slug: 'value-not-listed',
    severity: 'warning',
    title: 'A value is one of those that are listed where it goes',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        facts.certain ? 'is none of the values of' : 'may be none of the values of',
        'Refuse the others by a success criterion, or send a value that is listed.',
      ),
  },
  FLW006: {
    slug: 'value-format-differs',
    severity: 'warning',
    title: 'A text has the format that is asked for where it goes',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        'has another format than',
        'Read the member that has this format, or mend the document that is wrong.',
      ),
  },
  FLW007: {
    slug: 'value-size-differs',
    severity: 'warning',
    title: 'A value keeps the bounds that are set where it goes',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        facts.certain ? 'is out of bounds for' : 'may be out of bounds for',
        'Bring the bounds together: in the schema of the inputs, where it is one, else in the document that is wrong.',
      ),
  },
  FLW008: {
    slug: 'value-member-unexpected',
    severity: 'warning',
    title: 'An object has no members that are excluded where it goes',
    say: (facts: FlowFacts): Wording =>
      says(
        facts,
        facts.certain ? 'is not allowed in' : 'may be there, and is not allowed in',
        'Write the payload member by member, with those that are wanted.',
      ),
  },
  FLW009: {
    slug: 'input-not-required',
    severity: 'info',
    title: 'An input that a request cannot do without is required',
    say: ({ workflowId, names }: { workflowId: string; names: readonly string[] }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} may be run without ${listed(names, 'and', 6)}`,
      value: [...names],
      notes: [
        `The inputs do not require ${names.length === 1 ? 'it' : 'them'}. A run without begins all the same; then a request cannot be made, or is sent with null where null is not taken.`,
      ],
      fix: 'Name what is needed under `required` of `inputs`, so that a run without it is refused before it begins; or give it a `default`.',
    }),
  },
} as const;
