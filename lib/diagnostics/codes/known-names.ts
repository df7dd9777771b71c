/** How the codes of wrong names end: with the name that was probably meant as the fix, or else with the names there are. */
import { nearest, quoted, suggestion } from '../words.ts';

/** The last line: the nearest name to write, or what to do when there is none. */
export function correction(name: string, known: readonly string[], otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `Write ${quoted(near)}.`;
}

/** What there is to choose from; nothing when the fix names it. */
export function choices(name: string, known: readonly string[], what: string): string[] {
  return nearest(name, known) === undefined ? [suggestion(name, known, what)] : [];
}
