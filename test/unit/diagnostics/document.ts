/** A document for tests of renderers: places are found by the text that stands there, so that no parser is needed. */
import type { Place, PositionedDocument } from '../../../lib/model/diagnostic.ts';

export function documentOf(uri: string, text: string): PositionedDocument {
  return {
    uri,
    text,
    root: null,
    locate: ({ pointer, offset }) => {
      if (offset !== undefined) return [offset, offset];
      const start = text.indexOf(pointer);
      return [start, start + pointer.length];
    },
  };
}

/** The place of the first occurrence of a text. */
export function at(document: string, text: string): Place {
  return { document, pointer: text };
}
