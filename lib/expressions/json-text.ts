/**
 * Templates that are JSON text (a payload written as a string for a JSON content type). The standard puts text in as
 * it is, which breaks as soon as a value holds a quote; so a placeholder that fills a whole string takes the value's
 * JSON, one inside a longer string is escaped, and one outside of strings is one JSON value. Data can never add members.
 */
import type { Json } from '../model/json.ts';
import type { TemplateValue } from '../model/value.ts';
import { type Evaluated, evaluateText, type Missing } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { MAX_TEXT_LENGTH, stringify } from './stringify.ts';

type Place = 'whole-string' | 'in-string' | 'bare';

interface Placeholder {
  readonly text: string;
  readonly place: Place;
}

/** The text; a whole value that is missing becomes `null`, or what is given for it, and is listed. */
export function renderJsonText(template: TemplateValue, scope: Scope, absent: Json = null): Evaluated {
  const missing: Missing[] = [];
  let text = '';
  for (const piece of piecesOf(template)) {
    const written = typeof piece === 'string' ? piece : fill(piece, { scope, missing, absent });
    if (typeof written !== 'string') return written;
    text += written;
    if (text.length > MAX_TEXT_LENGTH) return failed(`the text would have more than ${MAX_TEXT_LENGTH} characters`);
  }
  return { found: true, value: text, missing };
}

interface Filling {
  readonly scope: Scope;
  readonly missing: Missing[];
  readonly absent: Json;
}

function fill(
  { text, place }: Placeholder,
  { scope, missing, absent }: Filling,
): string | Extract<Evaluated, { found: false }> {
  const looked = evaluateText(text, scope);
  if (!looked.found && place === 'in-string') return looked;
  if (!looked.found) missing.push({ path: [], why: looked.why });
  return (
    (looked.found ? write(looked.value, place) : JSON.stringify(absent)) ??
    failed(`${text} is nested too deeply to become text`)
  );
}

function write(value: Json, place: Place): string | undefined {
  const text = stringify(value);
  if (text === undefined || (place === 'bare' && isJson(text))) return text;
  if (place === 'in-string') return JSON.stringify(text).slice(1, -1);
  return typeof value === 'string' ? JSON.stringify(value) : text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function failed(why: string): Extract<Evaluated, { found: false }> {
  return { found: false, why };
}

/** The parts, each placeholder with its place; the quotes around one that fills its string are taken away. */
function piecesOf({ parts }: TemplateValue): readonly (string | Placeholder)[] {
  const pieces: (string | Placeholder)[] = [];
  let state: QuoteState = { open: false, atStart: false };
  let closesString = false;
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      state = afterText(part, state);
      const opensString = state.atStart && isClosedAt(parts[index + 2]);
      pieces.push(part.slice(closesString ? 1 : 0, opensString ? -1 : undefined));
      closesString = false;
    } else {
      closesString = state.atStart && isClosedAt(parts[index + 1]);
      pieces.push({ text: part.text, place: placeIn(state, closesString) });
      state = { open: state.open, atStart: false };
    }
  }
  return pieces;
}

function placeIn({ open }: QuoteState, fillsString: boolean): Place {
  if (fillsString) return 'whole-string';
  return open ? 'in-string' : 'bare';
}

function isClosedAt(next: unknown): boolean {
  return typeof next === 'string' && next.startsWith('"');
}

interface QuoteState {
  readonly open: boolean;
  /** The quote that opened it is the last character so far. */
  readonly atStart: boolean;
}

function afterText(text: string, before: QuoteState): QuoteState {
  let open = before.open;
  for (let at = 0; at < text.length; at += 1) {
    if (open && text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === '"') open = !open;
  }
  return { open, atStart: open && text.endsWith('"') };
}
