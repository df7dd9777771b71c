/**
 * The words for faults of shape, one function a kind: the headline names the thing and its wrong value, the notes say
 * what is allowed and what the key means, the fix is the change. The codes of each phase (codes/arz.ts, xil.ts, env.ts)
 * share them, so that the same mistake reads the same wherever it is made.
 */
import type { Json } from '../model/json.ts';
import { unreachable } from '../model/assert.ts';
import type { Wording } from './code.ts';
import type { ShapeFacts, ShapeFault } from './shape-fault.ts';
import { capital, kindOf, listed, meantKey, nearest, quoted, typeWords } from './words.ts';

/** Any kind but those that have codes of their own everywhere. */
export type ValueFault = Exclude<ShapeFault, { kind: 'unknown-key' | 'missing-keys' | 'deprecated' }>;

export function unknownKey({ subject, key, known }: ShapeFacts<'unknown-key'>): Wording {
  const near = meantKey(key, known);
  return {
    headline: `${capital(subject)} has an unknown key ${quoted(key)}`,
    value: key,
    notes: [
      ...(key === '$ref'
        ? ['`$ref` has a meaning only in JSON Schemas; entries of lists refer to components by `reference`.']
        : []),
      ...(near === undefined && known.length > 0 ? [`Known keys: ${listed(known.map(ticked), 'and', 30)}.`] : []),
    ],
    fix: near === undefined ? 'Remove it.' : `Write ${ticked(near)}, or remove it.`,
  };
}

export function missingKeys({ subject, keys }: ShapeFacts<'missing-keys'>): Wording {
  const names = listed(keys.map(({ key }) => ticked(key)));
  return {
    headline: `${capital(subject)} has no ${listed(
      keys.map(({ key }) => ticked(key)),
      'or',
    )}`,
    notes: keys.filter(({ about }) => about !== '').map(({ key, about }) => `${ticked(key)}: ${about}`),
    fix: `Add ${names}.`,
  };
}

/** A key that is missing, or all of those of which one must be there. */
export function missing(facts: ShapeFacts<'missing-keys'> | ShapeFacts<'choice'>): Wording {
  return facts.kind === 'choice' ? choice(facts) : missingKeys(facts);
}

export function wrongType({ subject, value, allowed, about }: ShapeFacts<'wrong-type'>): Wording {
  const wanted = listed(allowed.map(typeWords), 'or');
  return {
    headline: `${capital(subject)} is ${described(value)} where ${wanted} is expected`,
    value,
    notes: about === '' ? [] : [about],
    fix: `Write ${wanted}.`,
  };
}

export function notAllowed({ subject, value, allowed, about }: ShapeFacts<'not-allowed'>): Wording {
  const texts = allowed.filter((one) => typeof one === 'string');
  const near = typeof value === 'string' ? nearest(value, texts) : undefined;
  return {
    headline: `${capital(subject)} is ${quoted(value)}`,
    value,
    notes: [`It is ${allowed.length > 1 ? 'one of ' : ''}${listed(allowed.map(quoted), 'or')}.`, ...sentences(about)],
    fix: near === undefined ? `Write ${listed(allowed.map(plain), 'or')}.` : `Write ${ticked(near)}.`,
  };
}

export function malformed({ subject, value, pattern, examples, about }: ShapeFacts<'malformed'>): Wording {
  const shown = examples.length > 0 ? examples.map(plain) : isOfNames(pattern) ? [ticked(dashed(value))] : [];
  return {
    headline: `${capital(subject)} is ${quoted(value)}, which has the wrong form`,
    value,
    notes: [...sentences(about), `Its form, as a regular expression: ${pattern}.`],
    ...(shown.length > 0 && { fix: `Write it like ${listed(shown, 'or')}.` }),
  };
}

export function malformedKey({ subject, key, pattern }: ShapeFacts<'malformed-key'>): Wording {
  const better = key
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return {
    headline: `${capital(subject)} has a name of the wrong form: ${quoted(key)}`,
    value: key,
    notes: [
      'Names that expressions refer to are made of letters, digits, `.`, `-` and `_`.',
      `Their form, as a regular expression: ${pattern}.`,
    ],
    ...(better !== '' && { fix: `Write ${ticked(better)}, here and in what refers to it.` }),
  };
}

export function tooFew({ subject, minimum, of, about }: ShapeFacts<'too-few'>): Wording {
  return {
    headline: minimum === 1 ? `${capital(subject)} is empty` : `${capital(subject)} has fewer than ${minimum} ${of}`,
    notes: sentences(about),
    fix:
      minimum === 1 ? 'Put something in, or remove the key where it is optional.' : `Give it ${minimum} ${of} or more.`,
  };
}

export function tooMany({ subject, maximum, of, about }: ShapeFacts<'too-many'>): Wording {
  return {
    headline: `${capital(subject)} has more than ${maximum} ${of}`,
    notes: sentences(about),
    fix: `Give it ${maximum} ${of} or less.`,
  };
}

export function outOfRange({ subject, value, bound, about }: ShapeFacts<'out-of-range'>): Wording {
  return {
    headline: `${capital(subject)} is ${value}`,
    value,
    notes: [`It must be ${bound}.`, ...sentences(about)],
    fix: `Write a number that is ${bound}.`,
  };
}

export function repeated({ subject, value, first }: ShapeFacts<'repeated'>): Wording {
  return {
    headline: `${capital(subject)} stands in its list twice: ${quoted(value)}`,
    value,
    notes: [{ text: 'First written here.', place: first }],
    fix: 'Remove one of the two.',
  };
}

export function forbidden({ subject, key, about }: ShapeFacts<'forbidden'>): Wording {
  return {
    headline: `${capital(subject)} does not belong here`,
    value: key,
    notes: sentences(about),
    fix: `Remove ${ticked(key)}.`,
  };
}

export function choice({ subject, keys, found, about }: ShapeFacts<'choice'>): Wording {
  const among = listed(keys.map(ticked), 'or');
  return {
    headline:
      found.length === 0
        ? `${capital(subject)} has none of ${listed(keys.map(ticked))}`
        : `${capital(subject)} has both ${listed(found.map(ticked))}`,
    notes: ['Exactly one of them is needed.', ...sentences(about)],
    fix: found.length === 0 ? `Add ${among}.` : `Keep one of ${listed(found.map(ticked))}.`,
  };
}

export function valueWording(facts: Omit<ValueFault, 'place'>): Wording {
  // Omit over a union loses which fields go with which kind; the kind brings them back.
  const fault = facts as ValueFault;
  switch (fault.kind) {
    case 'wrong-type':
      return wrongType(fault);
    case 'not-allowed':
      return notAllowed(fault);
    case 'malformed':
      return malformed(fault);
    case 'malformed-key':
      return malformedKey(fault);
    case 'too-few':
      return tooFew(fault);
    case 'too-many':
      return tooMany(fault);
    case 'out-of-range':
      return outOfRange(fault);
    case 'repeated':
      return repeated(fault);
    case 'forbidden':
      return forbidden(fault);
    case 'choice':
      return choice(fault);
    default:
      return unreachable(fault, 'fault of shape');
  }
}

/** A name with every run of other characters turned into a dash. */
function dashed(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return plain.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^-+|-+$/g, '');
}

/** Of a pattern that takes what has dashes in place of all other characters, and does not take those. */
function isOfNames(pattern: string): boolean {
  const form = new RegExp(pattern, 'u');
  return form.test('a-b') && !form.test('a/b');
}

/** `a text, "5s"`; objects and lists are not shown. */
function described(value: Json): string {
  if (typeof value === 'object') return kindOf(value);
  return `${kindOf(value)}, ${quoted(value)},`;
}

function sentences(about: string): string[] {
  return about === '' ? [] : [about];
}

function ticked(text: string): string {
  return `\`${text}\``;
}

function plain(value: Json): string {
  return ticked(typeof value === 'string' ? value : JSON.stringify(value));
}
