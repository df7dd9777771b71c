/**
 * A definition, text or JSON, becomes a StateMachineDefinition or a list of findings, or both when there are warnings
 * only. Everything that reads a foreign definition comes through here: what passes is what the engine may assume
 * (every target exists, every expression parses, no JSONPath). A finding's code tells the service's findings from
 * ours (isServiceFinding).
 */
import type { StateMachineDefinition } from '../../model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Finding, isError } from './finding.ts';
import { scanJson, type SyntaxFault } from './json-text.ts';
import { MAX_DEFINITION_LENGTH, MAX_NESTING } from './limits.ts';
import * as messages from './messages.ts';
import { machineFindings, type MachineType } from './validation.ts';

export interface ParsedDefinition {
  /** Absent if any finding is an error. */
  readonly definition?: StateMachineDefinition;
  readonly findings: readonly Finding[];
}

export interface ParseOptions {
  /** What the service is asked to make of it; Express forbids some integrations. STANDARD unless said. */
  readonly type?: MachineType;
}

export function parseDefinition(source: string | Json, options: ParseOptions = {}): ParsedDefinition {
  const read = definitionObject(source);
  if (!read.ok) return { findings: read.findings };
  const findings = [...read.repeatedStates.map(repetition), ...machineFindings(read.value, options.type ?? 'STANDARD')];
  if (findings.some(isError)) return { findings };
  // No error among the findings is what the type says.
  return { definition: read.value as unknown as StateMachineDefinition, findings };
}

export type ReadDefinition =
  | { readonly ok: true; readonly value: JsonObject; readonly repeatedStates: readonly string[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** The object that a definition is, within the bounds that the rest relies on; of what it says nothing is checked yet. */
export function definitionObject(source: string | Json): ReadDefinition {
  const text = typeof source === 'string' ? source : textOf(source);
  if (text === undefined) return refused('TOO_DEEPLY_NESTED', messages.tooDeep(MAX_NESTING));
  if (text.length > MAX_DEFINITION_LENGTH) {
    return refused('DEFINITION_TOO_LARGE', messages.tooLarge(MAX_DEFINITION_LENGTH));
  }
  if (text.trim() === '') return refused('SCHEMA_VALIDATION_FAILED', messages.notAnObject);
  const { fault, tooDeep, repeatedStates } = scanJson(text);
  if (tooDeep) return refused('TOO_DEEPLY_NESTED', messages.tooDeep(MAX_NESTING));
  if (fault !== undefined) return { ok: false, findings: [syntaxFinding(fault, text)] };
  const value = JSON.parse(text) as Json;
  return isObject(value)
    ? { ok: true, value, repeatedStates }
    : refused('SCHEMA_VALIDATION_FAILED', messages.notAnObject);
}

/** JSON.stringify recurses: a value too deep for it is far too deep for us. */
function textOf(value: Json): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function refused(code: Finding['code'], message: string): ReadDefinition {
  return { ok: false, findings: [{ code, severity: 'ERROR', message }] };
}

function repetition(name: string): Finding {
  const message = messages.duplicateStateName(name);
  return { code: 'DUPLICATE_STATE_NAME', severity: 'ERROR', message, location: `/States/${name}` };
}

/** Of the text, the service's parser quotes this much. */
const QUOTED_LENGTH = 500;

function syntaxFinding(fault: SyntaxFault, text: string): Finding {
  const rest = text.length - QUOTED_LENGTH;
  const truncation = rest > 0 ? `[truncated ${rest} chars]` : '';
  const source = `(String)"${text.slice(0, QUOTED_LENGTH)}"${truncation}`;
  const location = `[Source: ${source}; line: ${fault.line}, column: ${fault.column}]`;
  const message = `${fault.reason}\n at ${location}`;
  return { code: 'INVALID_JSON_DESCRIPTION', severity: 'ERROR', message, location };
}
