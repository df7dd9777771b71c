/** Codes of the environment file. Whatever may be a secret is never quoted, and its line is not shown. */
import type { Wording } from '../code.ts';
import type { ShapeFacts } from '../shape-fault.ts';
import { missing, unknownKey, type ValueFault, valueWording } from '../shape-words.ts';
import { capital, listed, quoted, suggestion } from '../words.ts';

export const envCodes = {
  ENV001: {
    slug: 'environment-key-unknown',
    severity: 'error',
    title: 'Every key of an environment is one that Interlock knows',
    hidesSource: true,
    say: (facts: ShapeFacts<'unknown-key'>): Wording => unknownKey(facts),
  },
  ENV002: {
    slug: 'environment-key-missing',
    severity: 'error',
    title: 'An environment has `systems`, and each credential is complete',
    hidesSource: true,
    say: (facts: ShapeFacts<'missing-keys'> | ShapeFacts<'choice'>): Wording => missing(facts),
  },
  ENV003: {
    slug: 'environment-value-wrong',
    severity: 'error',
    title: 'Every value of an environment has its form',
    hidesSource: true,
    say: (facts: Omit<ValueFault, 'place'>): Wording => valueWording(facts),
  },
  ENV004: {
    slug: 'secret-written-out',
    severity: 'error',
    title: 'Secrets are referred to, never written down',
    hidesSource: true,
    say: ({ subject }: { subject: string }): Wording => ({
      headline: `${capital(subject)} is written out, or its reference is malformed`,
      notes: [
        'An environment file is checked in; a secret in it is no secret any more.',
        'It is referred to: `{env: NAME}` for an environment variable, `{file: path}`, `{secret: name}` or `{parameter: name}`.',
        'The value is not shown here, nor its line.',
      ],
      fix: 'Write `{env: NAME}`, and put the value into that environment variable; if it was a real secret, replace it.',
    }),
  },
  ENV005: {
    slug: 'environment-system-unknown',
    severity: 'error',
    title: 'A system of an environment is a source description of the integration',
    say: ({ system, sources }: { system: string; sources: readonly string[] }): Wording => ({
      headline: `System ${quoted(system)} is no source description of this integration`,
      value: system,
      notes: [suggestion(system, sources, 'source')],
      fix: 'Use the `name` of the source description.',
    }),
  },
  ENV006: {
    slug: 'environment-scheme-unknown',
    severity: 'error',
    title: 'A credential belongs to a security scheme of its system',
    say: ({ system, scheme, schemes }: { system: string; scheme: string; schemes: readonly string[] }): Wording => ({
      headline: `System ${quoted(system)} has no security scheme ${quoted(scheme)}`,
      value: scheme,
      notes: [suggestion(scheme, schemes, 'scheme')],
      fix: "Use a name from `components.securitySchemes` of the system's OpenAPI document.",
    }),
  },
  ENV007: {
    slug: 'credential-kind-wrong',
    severity: 'error',
    title: 'A credential has the form that its security scheme needs',
    say: ({ system, scheme, kind, form }: CredentialFacts): Wording => ({
      headline: `The credential for ${quoted(scheme)} of system ${quoted(system)} does not fit the scheme, which is ${kind}`,
      notes: [`A scheme of this kind needs ${form}.`],
      fix: `Write ${form}.`,
    }),
  },
  ENV008: {
    slug: 'server-no-url',
    severity: 'error',
    title: 'The server of a system is a URL that can be called',
    hidesSource: true,
    say: ({ system, key }: { system: string; key: string }): Wording => ({
      headline: `\`${key}\` of system ${quoted(system)} looks like a URL, but is none`,
      notes: ['A port is a number up to 65535; a host is a name, an IPv4 address, or an IPv6 address in brackets.'],
      fix: 'Write it like `https://api.example.com/v1` or `http://127.0.0.1:4010`.',
    }),
  },
  ENV009: {
    slug: 'server-variable-unfit',
    severity: 'error',
    title: "A variable is one of the system's server, with a value that the server has",
    say: (facts: VariableFacts): Wording =>
      facts.kind === 'unknown'
        ? {
            headline: `System ${quoted(facts.system)} has no server with a variable ${quoted(facts.name)}`,
            value: facts.name,
            notes: [
              facts.names.length === 0
                ? 'None of its servers has a variable in its URL.'
                : `Its variables are ${facts.names.map(quoted).join(', ')}.`,
            ],
            fix:
              suggestion(facts.name, facts.names, 'variable') ??
              'Remove it, or put its name in braces into the URL of `server`.',
          }
        : {
            headline: `The variable ${quoted(facts.name)} of the server of ${quoted(facts.system)} cannot be ${quoted(facts.value)}`,
            value: facts.value,
            notes: [`Its OpenAPI document lists what it can be: ${facts.values.map(quoted).join(', ')}.`],
            fix: suggestion(facts.value, facts.values, 'value'),
          },
  },
  ENV010: {
    slug: 'credential-undeclared',
    severity: 'warning',
    title: 'An environment says where the credentials are that the calls need',
    hidesSource: true,
    say: ({ environment, system, schemes, steps }: UndeclaredCredentials): Wording => ({
      headline: `Environment ${quoted(environment)} has no credential for ${listed(schemes.map(({ scheme }) => quoted(scheme)))} of system ${quoted(system)}`,
      value: schemes.map(({ scheme }) => scheme),
      notes: [
        `${listed(steps.map(quoted), 'and', 4)} ${steps.length === 1 ? 'needs' : 'need'} it: without one nothing is sent, and a run in this environment fails there.`,
      ],
      fix: `Write ${schemes.map(({ scheme, write }) => `\`systems.${system}.auth.${scheme}: ${write}\``).join(' and ')}.`,
    }),
  },
} as const;

export interface UndeclaredCredentials {
  readonly environment: string;
  readonly system: string;
  readonly schemes: readonly { readonly scheme: string; readonly write: string }[];
  readonly steps: readonly string[];
}

export type VariableFacts =
  | { readonly kind: 'unknown'; readonly system: string; readonly name: string; readonly names: readonly string[] }
  | {
      readonly kind: 'value';
      readonly system: string;
      readonly name: string;
      readonly value: string;
      readonly values: readonly string[];
    };

export interface CredentialFacts {
  readonly system: string;
  readonly scheme: string;
  /** In words: `http basic`, `an API key`. */
  readonly kind: string;
  /** As it would be written: `{username, password}`. */
  readonly form: string;
}
