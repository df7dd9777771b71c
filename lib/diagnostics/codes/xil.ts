/** Codes of x-interlock. 001-029 are its shape (lib/check/policy.ts); rules about what policies mean start at 030 (xil-rules.ts). */
import type { Json } from '../../model/json.ts';
import type { Wording } from '../code.ts';
import type { ShapeFacts } from '../shape-fault.ts';
import { missing, unknownKey, type ValueFault, valueWording } from '../shape-words.ts';
import { capital, kindOf, listed, quoted } from '../words.ts';

export const xilCodes = {
  XIL001: {
    slug: 'policy-key-unknown',
    severity: 'error',
    title: 'Every key of x-interlock is one that Interlock knows at this place',
    say: (facts: ShapeFacts<'unknown-key'> & { readonly homes: readonly string[] }): Wording => unknownPolicy(facts),
  },
  XIL002: {
    slug: 'policy-key-missing',
    severity: 'error',
    title: 'A policy has all the keys that it needs',
    say: (facts: ShapeFacts<'missing-keys'> | ShapeFacts<'choice'>): Wording => missing(facts),
  },
  XIL003: {
    slug: 'policy-value-wrong',
    severity: 'error',
    title: 'Every value of a policy is one that the policy can have',
    say: (facts: Omit<ValueFault, 'place'>): Wording => valueWording(facts),
  },
  XIL004: {
    slug: 'duration-malformed',
    severity: 'error',
    title: 'A duration is a text: a whole number and a unit',
    say: ({ subject, value }: { subject: string; value: Json }): Wording => ({
      headline: `${capital(subject)} is ${typeof value === 'object' ? kindOf(value) : quoted(value)}, which is no duration`,
      value,
      notes: [
        'A duration is a whole number and a unit: `500ms`, `2s`, `5m`, `1h` or `1d`.',
        'A number alone would leave open whether it means seconds (as in `retryAfter`) or milliseconds (as in `timeout`).',
      ],
      fix: typeof value === 'number' ? `Write \`${value}s\` or \`${value}ms\`.` : durationLike(value),
    }),
  },
  XIL006: {
    slug: 'policy-misplaced',
    severity: 'error',
    title: '`x-interlock` stands at a source description, a workflow or a step',
    say: ({ subject }: { subject: string }): Wording => ({
      headline: `${capital(subject)} is read by nobody`,
      notes: ['Policies belong to a system (its source description), to a workflow or to a step.'],
      fix: 'Move it to the source description, workflow or step that it is meant for.',
    }),
  },
} as const;

/** A key that has a place, only another one, is no misspelt one. */
function unknownPolicy({
  homes,
  ...facts
}: ShapeFacts<'unknown-key'> & { readonly homes: readonly string[] }): Wording {
  const plain = unknownKey(facts);
  if (homes.length === 0) return plain;
  const places = listed(homes, 'or', 4);
  return {
    ...plain,
    notes: [`\`${facts.key}\` belongs under ${places}.`],
    fix: homes.length === 1 ? `Move it to ${places}.` : 'Move it to the place that is meant, or remove it.',
  };
}

const UNITS: readonly (readonly [words: RegExp, unit: string, factor: number])[] = [
  [/^(?:ms|milli(?:s|seconds?)?)$/, 'ms', 1],
  [/^(?:s|secs?|seconds?)$/, 's', 1],
  [/^(?:m|mins?|minutes?)$/, 'm', 1],
  [/^(?:h|hrs?|hours?)$/, 'h', 1],
  [/^(?:d|days?)$/, 'd', 1],
  [/^(?:w|weeks?)$/, 'd', 7],
];

/** `10 minutes` and `2w` can mean one thing only. */
function durationLike(value: Json): string {
  const [, number, word = ''] = /^\s*(\d{1,6})\s*([a-z]+)\s*$/i.exec(typeof value === 'string' ? value : '') ?? [];
  const found = UNITS.find(([words]) => words.test(word.toLowerCase()));
  return !Number(number) || !found ? 'Write it like `2s`.' : `Write \`${Number(number) * found[2]}${found[1]}\`.`;
}
