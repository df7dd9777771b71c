/**
 * Codes of Arazzo documents. 001 to 029 are the document's shape (lib/check/structure.ts); rules start at 030, one
 * file each under lib/check.
 */
import type { Json } from '../../model/json.ts';
import type { Wording } from '../code.ts';
import type { ShapeFacts } from '../shape-fault.ts';
import {
  malformed,
  malformedKey,
  missingKeys,
  notAllowed,
  outOfRange,
  repeated,
  tooFew,
  unknownKey,
  wrongType,
} from '../shape-words.ts';
import { capital, quoted } from '../words.ts';

export const arzCodes = {
  ARZ001: {
    slug: 'version-unsupported',
    severity: 'error',
    title: 'The version of Arazzo is one that Interlock reads: 1.0 or 1.1',
    say: ({ version }: { version: Json }): Wording => ({
      headline: `Arazzo version ${quoted(version)} is not supported`,
      value: version,
      notes: [
        'Interlock reads 1.0.x and 1.1.x; the last number makes no difference.',
        ...(typeof version === 'number' ? ['Without quotes a version of two parts is a number to YAML.'] : []),
      ],
      fix: 'Write `arazzo: 1.1.0`.',
    }),
  },
  ARZ002: {
    slug: 'key-unknown',
    severity: 'error',
    title: 'Every key is one of the specification, or begins with `x-`',
    say: (facts: ShapeFacts<'unknown-key'>): Wording => unknownKey(facts),
  },
  ARZ003: {
    slug: 'key-missing',
    severity: 'error',
    title: 'What the specification requires is there',
    say: (facts: ShapeFacts<'missing-keys'>): Wording => missingKeys(facts),
  },
  ARZ004: {
    slug: 'type-wrong',
    severity: 'error',
    title: 'Every value has the type that the specification gives it',
    say: (facts: ShapeFacts<'wrong-type'>): Wording => wrongType(facts),
  },
  ARZ005: {
    slug: 'value-not-allowed',
    severity: 'error',
    title: 'A word from a closed list is one of that list',
    say: (facts: ShapeFacts<'not-allowed'>): Wording => notAllowed(facts),
  },
  ARZ006: {
    slug: 'name-malformed',
    severity: 'error',
    title: 'Names of sources, outputs and components can be referred to',
    say: (facts: ShapeFacts<'malformed' | 'malformed-key'>): Wording =>
      facts.kind === 'malformed'
        ? malformed(facts as ShapeFacts<'malformed'>)
        : malformedKey(facts as ShapeFacts<'malformed-key'>),
  },
  ARZ007: {
    slug: 'list-empty',
    severity: 'error',
    title: 'A list that the specification asks for is not empty',
    say: (facts: ShapeFacts<'too-few'>): Wording => tooFew(facts),
  },
  ARZ008: {
    slug: 'item-repeated',
    severity: 'error',
    title: 'A list names each thing once',
    say: (facts: ShapeFacts<'repeated'>): Wording => repeated(facts),
  },
  ARZ009: {
    slug: 'number-out-of-range',
    severity: 'error',
    title: 'Times and limits are not negative',
    say: (facts: ShapeFacts<'out-of-range'>): Wording => outOfRange(facts),
  },
  ARZ010: {
    slug: 'schema-key-ignored',
    severity: 'info',
    title: '`$schema` at the root is for editors, and ignored',
    say: (): Wording => ({
      headline: '`$schema` is not part of Arazzo and is ignored',
      notes: ["Editors read it; the specification's own schema refuses it, so other tools may."],
      fix: 'Where other tools refuse it, write it as a comment: `# yaml-language-server: $schema=...`.',
    }),
  },
  ARZ011: {
    slug: 'key-since-1-1',
    severity: 'error',
    title: 'A document of version 1.0 uses keys of 1.0',
    say: ({ subject, key, version }: { subject: string; key: string; version: string }): Wording => ({
      headline: `The key ${quoted(key)} exists since Arazzo 1.1, but this document says ${version}`,
      value: key,
      notes: [`It stands in ${subject}.`, 'A tool that reads 1.0 does not know it.'],
      fix: 'Write `arazzo: 1.1.0`, or remove the key.',
    }),
  },
  ARZ012: {
    slug: 'criterion-version-misplaced',
    severity: 'warning',
    title: 'The version of a condition language stands inside `type`',
    say: ({ subject, value }: ShapeFacts<'deprecated'>): Wording => ({
      headline: `${capital(subject)} stands beside \`type\` and is ignored`,
      value,
      notes: ['The specification has it inside: `type` is then an object with `type` and `version`.'],
      fix: `Write it as \`type: {type: ..., version: ${JSON.stringify(value)}}\`.`,
    }),
  },
  ARZ013: {
    slug: 'description-misplaced',
    severity: 'warning',
    title: 'A description stands where the standard has a place for one',
    say: ({ subject, key }: { subject: string; key: string }): Wording => ({
      headline: `${capital(subject)} has a \`${key}\`, which the standard does not have there`,
      value: key,
      notes: ['It only describes, so nothing changes without it; other tools may refuse the document.'],
      fix: `Make it a comment, or an extension: \`x-${key}\`.`,
    }),
  },
} as const;
