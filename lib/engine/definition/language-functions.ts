/** The names that a JSONata expression finds bound to functions before any variable is assigned. */
import { FUNCTION_NAMES } from '../query/function-names.ts';

/** Functions of the library that the evaluator's shortcuts need not know. */
const OTHERS: ReadonlySet<string> = new Set(['base64decode', 'base64encode', 'eval']);

export function isLanguageFunction(name: string): boolean {
  return FUNCTION_NAMES.has(name) || OTHERS.has(name);
}
