/**
 * How a value becomes text inside text (Arazzo 1.1, Runtime Expressions): strings as they are, other scalars in their
 * JSON spelling, structures as JSON. Undefined for what is nested too deeply to be written at all.
 */
import type { Json } from '../model/json.ts';

/** Text that embedding has made too long to go on with; a response has at most half of that. */
export const MAX_TEXT_LENGTH: number = 20 * 1024 * 1024;

export function stringify(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
