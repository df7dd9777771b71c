/**
 * What an XPath yields, as JSON: the text of attributes, of text and of elements that hold text only; elements that
 * hold elements as XML; numbers and booleans as they are. What JSON cannot hold (dates, infinities) becomes text.
 */
import { Attr, Element, Node, serializeToWellFormedString } from 'slimdom';
import type { Json } from '../../model/json.ts';

const MAX_DEPTH = 64;

export function jsonOf(result: unknown, depth: number = 0): Json {
  if (result instanceof Node) return textOf(result);
  if (typeof result === 'number') return Number.isFinite(result) ? result : String(result);
  if (typeof result === 'string' || typeof result === 'boolean' || result === null) return result;
  if (result instanceof Date) return result.toISOString();
  if (depth >= MAX_DEPTH || typeof result !== 'object') return null;
  if (Array.isArray(result)) return result.map((item) => jsonOf(item, depth + 1));
  return objectOf(result, depth);
}

/** A map; its keys are data. */
function objectOf(map: object, depth: number): Json {
  const json: { [key: string]: Json } = Object.create(null);
  for (const [key, value] of Object.entries(map)) json[key] = jsonOf(value, depth + 1);
  return json;
}

function textOf(node: Node): string {
  if (node instanceof Attr) return node.value;
  if (node instanceof Element && node.children.length === 0) return node.textContent ?? '';
  return node instanceof Element || node.textContent === null ? serializeToWellFormedString(node) : node.textContent;
}
