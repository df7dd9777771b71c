/**
 * What can be wrong with the shape of a document, as facts: the vocabulary between lib/check/shape.ts, which finds these
 * against our JSON Schemas, and shape-words.ts, which words them. Each phase has its own codes for the same kinds.
 */
import type { Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';

interface FaultBase {
  /** Where to point. */
  readonly place: Place;
  /** What it is about, in the reader's terms: `timeout` of step "reserve". */
  readonly subject: string;
  /** What the schema says about it, one or more sentences; '' if nothing. */
  readonly about: string;
  /** The schema's own name for such a value, e.g. Duration; '' if it has none. */
  readonly named: string;
}

export type ShapeFault =
  | (FaultBase & { readonly kind: 'unknown-key'; readonly key: string; readonly known: readonly string[] })
  | (FaultBase & {
      readonly kind: 'missing-keys';
      /** With what the schema says about each. */
      readonly keys: readonly { readonly key: string; readonly about: string }[];
      /** Required only beside another key or value. */
      readonly conditional: boolean;
    })
  | (FaultBase & { readonly kind: 'wrong-type'; readonly value: Json; readonly allowed: readonly string[] })
  | (FaultBase & { readonly kind: 'not-allowed'; readonly value: Json; readonly allowed: readonly Json[] })
  | (FaultBase & {
      readonly kind: 'malformed';
      readonly value: string;
      readonly pattern: string;
      readonly examples: readonly Json[];
    })
  | (FaultBase & { readonly kind: 'malformed-key'; readonly key: string; readonly pattern: string })
  | (FaultBase & {
      readonly kind: 'too-few';
      readonly minimum: number;
      readonly of: 'items' | 'members' | 'characters';
    })
  | (FaultBase & {
      readonly kind: 'too-many';
      readonly maximum: number;
      readonly of: 'items' | 'members' | 'characters';
    })
  | (FaultBase & { readonly kind: 'out-of-range'; readonly value: number; readonly bound: string })
  | (FaultBase & { readonly kind: 'repeated'; readonly value: Json; readonly first: Place })
  | (FaultBase & { readonly kind: 'forbidden'; readonly key: string })
  /** It is read, but it should not be written any more. */
  | (FaultBase & { readonly kind: 'deprecated'; readonly key: string; readonly value: Json })
  /** Exactly one of the keys must be there: none is, or several are. */
  | (FaultBase & { readonly kind: 'choice'; readonly keys: readonly string[]; readonly found: readonly string[] });

export type ShapeFaultKind = ShapeFault['kind'];

/** What a catalogue entry is given: the facts without the place. */
export type ShapeFacts<K extends ShapeFaultKind = ShapeFaultKind> = Omit<Extract<ShapeFault, { kind: K }>, 'place'>;
