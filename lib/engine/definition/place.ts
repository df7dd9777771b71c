/**
 * Where in a definition the validation stands: the location that a finding gets, and what holds there (the query
 * language in force, the variables in scope, the parts of `$states` that exist, Standard or Express). A place is a
 * value; going deeper makes a new one. The only thing shared and changed is the inspection that collects findings.
 */
import type { QueryLanguage } from '../../model/asl.ts';
import type { ExpressionReading } from './expression-reading.ts';
import { type Finding, type FindingCode, put } from './finding.ts';

/** The variables of a container of states. */
export interface VariableScope {
  /** What its own states assign; with the parent's, what they may read. */
  readonly names: ReadonlySet<string>;
  readonly parent: VariableScope | undefined;
  /** Names of enclosing containers that may not be assigned here. */
  readonly taken: ReadonlySet<string>;
}

/** Which parts of `$states` exist beside `input` and `context`. */
export interface StatesFields {
  readonly result: boolean;
  readonly errorOutput: boolean;
}

/** What one validation gathers while it walks. */
export interface Inspection {
  readonly findings: Finding[];
  /** Each distinct expression is parsed once. */
  readonly expressions: Map<string, ExpressionReading>;
  readonly stateNames: Set<string>;
  readonly labels: Set<string>;
}

export interface Place {
  readonly location: string;
  readonly machineLanguage: QueryLanguage;
  /** The language of the state that we stand in. */
  readonly language: QueryLanguage;
  readonly express: boolean;
  readonly scope: VariableScope;
  readonly statesFields: StatesFields;
  readonly inspection: Inspection;
}

export const NO_STATES_FIELDS: StatesFields = { result: false, errorOutput: false };

export function machinePlace(machineLanguage: QueryLanguage, express: boolean): Place {
  return {
    location: '',
    machineLanguage,
    language: machineLanguage,
    express,
    scope: { names: new Set(), parent: undefined, taken: new Set() },
    statesFields: NO_STATES_FIELDS,
    inspection: { findings: [], expressions: new Map(), stateNames: new Set(), labels: new Set() },
  };
}

/** The place of a member: names are joined as they are, as the service does, even if they contain a slash. */
export function member(place: Place, name: string): Place {
  return { ...place, location: `${place.location}/${name}` };
}

export function element(place: Place, index: number): Place {
  return { ...place, location: `${place.location}[${index}]` };
}

export function report(place: Place, code: FindingCode, message: string): void {
  put(place.inspection.findings, { code, severity: 'ERROR', message, location: place.location || '/' });
}

export function warn(place: Place, code: FindingCode, message: string): void {
  put(place.inspection.findings, { code, severity: 'WARNING', message, location: place.location || '/' });
}

/** The commonest finding: the value does not have the form that its field asks for. */
export function reportSchema(place: Place, message: string): void {
  report(place, 'SCHEMA_VALIDATION_FAILED', message);
}
