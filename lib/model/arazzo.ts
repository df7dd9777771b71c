/**
 * The Arazzo document as typed data, 1.0 and 1.1 alike, in the specification's own words. Every node knows its place,
 * so a rule can point at it. Reusable references are kept as written; lib/check/links.ts resolves them.
 * Values (parameters, payloads, outputs) stay raw JSON here: lib/expressions parses them.
 */
import type { Place } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';

export interface Node {
  readonly at: Place;
}

export interface ArazzoDocument extends Node {
  readonly uri: string;
  readonly version: '1.0' | '1.1';
  readonly self?: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary?: string;
    readonly description?: string;
  };
  readonly sourceDescriptions: readonly SourceDescription[];
  readonly workflows: readonly Workflow[];
  readonly components: Components;
}

export interface SourceDescription extends Node {
  readonly name: string;
  readonly url: string;
  /** As declared; absent means: decided by the document's content. */
  readonly type?: 'openapi' | 'arazzo' | 'asyncapi';
  /** The value of its x-interlock, unread. */
  readonly policy: JsonObject;
  /** `x-interlock.health`, as a step of that place; by a path it calls no operation. */
  readonly health?: Step;
}

export interface Components {
  readonly inputs: ReadonlyMap<string, Json>;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly successActions: ReadonlyMap<string, SuccessAction>;
  readonly failureActions: ReadonlyMap<string, FailureAction>;
}

export interface Workflow extends Node {
  readonly workflowId: string;
  readonly summary?: string;
  readonly description?: string;
  /** JSON Schema 2020-12, `$ref`s to components already made local (`$defs`). */
  readonly inputs?: Json;
  readonly dependsOn: readonly string[];
  readonly steps: readonly Step[];
  readonly successActions: readonly (SuccessAction | Reusable)[];
  readonly failureActions: readonly (FailureAction | Reusable)[];
  readonly parameters: readonly (Parameter | Reusable)[];
  readonly outputs: ReadonlyMap<string, Json>;
  readonly policy: JsonObject;
}

export type StepTarget =
  | { readonly kind: 'operationId'; readonly text: string }
  | { readonly kind: 'operationPath'; readonly text: string }
  | { readonly kind: 'channelPath'; readonly text: string }
  | { readonly kind: 'workflowId'; readonly text: string };

export interface Step extends Node {
  readonly stepId: string;
  readonly description?: string;
  /** Absent when the step names none or several; the check says so. */
  readonly target?: StepTarget;
  readonly action?: 'send' | 'receive';
  readonly correlationId?: Json;
  readonly parameters: readonly (Parameter | Reusable)[];
  readonly requestBody?: RequestBody;
  readonly successCriteria: readonly Criterion[];
  readonly onSuccess: readonly (SuccessAction | Reusable)[];
  readonly onFailure: readonly (FailureAction | Reusable)[];
  readonly outputs: ReadonlyMap<string, Json>;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly dependsOn: readonly string[];
  readonly policy: JsonObject;
  /** `x-interlock.compensate` where it is a call, as a step of that place: its `policy` is the whole value. */
  readonly undo?: Step;
  /** `x-interlock.probe`, in the same way. */
  readonly probe?: Probe;
  readonly fallback?: Fallback;
  readonly forEach?: ForEach;
  readonly poll?: Poll;
}

export interface Probe extends Step {
  readonly applied: readonly Criterion[];
  readonly absent: readonly Criterion[];
}

/** `x-interlock.poll`: what is asked until what the step has begun is done. Its outputs are the step's, too. */
export interface Poll extends Step {
  readonly until: readonly Criterion[];
  readonly failed: readonly Criterion[];
}

/** `x-interlock.fallback`. */
export interface Fallback extends Node {
  readonly stepId?: string;
  readonly outputs: ReadonlyMap<string, Json>;
  readonly criteria: readonly Criterion[];
}

/** The values of `x-interlock.forEach`. */
export interface ForEach extends Node {
  readonly items: Json;
  readonly key?: string;
}

export interface Reusable extends Node {
  readonly reference: string;
  readonly value?: Json;
}

export type ParameterIn = 'path' | 'query' | 'querystring' | 'header' | 'cookie';

export interface Parameter extends Node {
  readonly name: string;
  /** Absent for inputs of a workflow. */
  readonly in?: ParameterIn;
  readonly value: Json;
}

export interface RequestBody extends Node {
  readonly contentType?: string;
  readonly payload?: Json;
  readonly replacements: readonly Replacement[];
}

export interface Replacement extends Node {
  readonly target: string;
  readonly targetSelectorType?: Json;
  readonly value: Json;
}

export interface Criterion extends Node {
  readonly condition: string;
  readonly context?: string;
  /** `simple`, `regex`, `jsonpath`, `xpath` or an Expression Type Object, as written. */
  readonly type?: Json;
}

interface ActionBase extends Node {
  readonly name: string;
  readonly stepId?: string;
  readonly workflowId?: string;
  readonly parameters: readonly (Parameter | Reusable)[];
  readonly criteria: readonly Criterion[];
}

export interface SuccessAction extends ActionBase {
  readonly type: 'end' | 'goto';
}

export interface FailureAction extends ActionBase {
  readonly type: 'end' | 'goto' | 'retry';
  /** Seconds. */
  readonly retryAfter?: number;
  readonly retryLimit?: number;
}
