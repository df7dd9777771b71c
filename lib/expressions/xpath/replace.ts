/**
 * New text at the nodes that an XPath has selected: of an attribute its value, of an element all that it holds, of a text
 * node itself. What is set is text and stays text: it is escaped for XML where it lands. Everything is settled or nothing
 * is: a node that cannot take a text gives a reason, and the caller keeps the XML that it had.
 */
import { Attr, type Document, Element, Node, serializeToWellFormedString, Text } from 'slimdom';
import type { XPathOutcome } from '../xpath.ts';

/** `declaration`: what stood before the document and is no part of its tree. */
export function withText(
  results: readonly unknown[],
  { text, declaration }: { readonly text: string; readonly declaration: string },
): XPathOutcome<string> {
  const places = results.filter((result) => isPlace(result));
  const document = places[0]?.ownerDocument;
  if (results.length === 0) return refused('selects nothing in the payload');
  if (!document || places.length < results.length)
    return refused('selects something that is no attribute, element or text');
  for (const place of places) setText(document, place, text);
  try {
    // A bare carriage return can only be text here; unescaped, whoever reads it would see a line feed.
    const written = serializeToWellFormedString(document).replaceAll('\r', '&#13;');
    return { ok: true, value: `${declaration}${written}`, notes: [] };
  } catch {
    // What it says might quote the value.
    return refused('is given a character that XML does not allow');
  }
}

type Place = Attr | Element | Text;

function isPlace(result: unknown): result is Place {
  return result instanceof Attr || result instanceof Element || result instanceof Text;
}

function setText(document: Document, place: Place, text: string): void {
  if (place instanceof Attr) place.value = text;
  else if (place instanceof Element) place.textContent = text;
  // A CDATA section could not hold every text.
  else if (place.nodeType === Node.CDATA_SECTION_NODE) place.replaceWith(document.createTextNode(text));
  else place.data = text;
}

function refused(why: string): XPathOutcome<string> {
  return { ok: false, why };
}
