/** The input of a command that needs one and changes nothing by it: the one given, the example beside the description, or a sample. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { Json } from '../model/json.ts';
import { fittedInput } from '../simulate/fitted-input.ts';
import type { Invocation } from './command.ts';
import { type CompiledFile, jsonOption } from './compiling.ts';

const EXAMPLE = 'input.example.json';

export async function exampleInput(
  { options }: Invocation,
  { opened }: CompiledFile,
  { plan }: Pick<CompiledWorkflow, 'plan'>,
): Promise<Json> {
  const given = options.text('input');
  // Parsed JSON is Json.
  if (given !== undefined) return jsonOption('input', given) as Json;
  const example = join(opened.folder, EXAMPLE);
  if (existsSync(example)) return jsonOption('input', `@${example}`) as Json;
  return await fittedInput(plan);
}
