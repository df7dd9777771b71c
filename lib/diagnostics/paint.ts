/** Colour as functions over text, so that a renderer is written once; without colour each returns its text. */
import type { Severity } from '../model/diagnostic.ts';

export interface Paint {
  dim(text: string): string;
  strong(text: string): string;
  culprit(text: string): string;
  severity(severity: Severity, text: string): string;
}

export function paintFor(colour: boolean): Paint {
  if (!colour) return plain;
  return {
    dim: (text) => wrapped(text, 2, 22),
    strong: (text) => wrapped(text, 1, 22),
    culprit: (text) => wrapped(text, 31, 39),
    severity: (severity, text) => wrapped(wrapped(text, colourOf[severity], 39), 1, 22),
  };
}

const colourOf: { readonly [severity in Severity]: number } = { error: 31, warning: 33, info: 36 };

const plain: Paint = {
  dim: (text) => text,
  strong: (text) => text,
  culprit: (text) => text,
  severity: (_, text) => text,
};

function wrapped(text: string, on: number, off: number): string {
  return text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
}
