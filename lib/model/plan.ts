/**
 * The plan: what lib/plan makes of a checked description and everything downstream reads in its place. Plain JSON, hashed
 * over its canonical bytes (RFC 8785, SHA-256); nothing of an environment and no secret in it. One plan per workflow,
 * sub-workflows inlined. The emitter reads `flow`, the handlers read `steps` and `scopes` by path.
 *
 * Paths: a step of the root workflow has its stepId as path; a step of an inlined sub-workflow `<caller path>/<stepId>`;
 * an item of a step that is done for each of a list `<path>[<name>]` (lib/model/item-path.ts), which only a run knows.
 * Labels tell where a run goes after a step; handlers return them and the machine's Choice states match on them:
 *   `next`                   fall through to the following node of the series (or out of it)
 *   `end`                    out of the region: to Close, or to the end of the Parallel branch
 *   `goto <node>`            begin that step, or the parallel of that name
 *   `retry <owner>#<action>` wait, run the action's repair flow if it has one, and begin the owner again
 */
import type { Place } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';
import type { MessageExchange } from './message.ts';
import type { Method, ParameterStyle, SecurityRequirement, SecurityScheme, Server } from './openapi.ts';
import type { Criterion, Value, XPathVersion } from './value.ts';

export const PLAN_FORMAT = 1;

export interface Plan {
  readonly planFormat: typeof PLAN_FORMAT;
  /** The integration's name: a slug of the description's title or folder. */
  readonly integration: string;
  readonly title: string;
  readonly version: string;
  readonly workflowId: string;
  readonly summary?: string;
  readonly mode: 'standard' | 'express';
  readonly deadlineMs: number;
  readonly stepBudget: number;
  readonly onFailure: 'compensate' | 'hold';
  readonly systems: { readonly [name: string]: PlanSystem };
  readonly operations: { readonly [key: string]: PlanOperation };
  /** JSON Schemas (2020-12) by system: `$ref: "#/$defs/<name>"` in an operation of that system points here. */
  readonly schemas: { readonly [system: string]: JsonObject };
  /** By scope path; '' is the root workflow. */
  readonly scopes: { readonly [path: string]: PlanScope };
  readonly steps: { readonly [path: string]: PlanStep };
  /** The control flow from the start to the root's end. */
  readonly flow: PlanSeries;
  /** Flows beside the main one, by scope path: tail-called workflows (they end the run) and repair workflows. */
  readonly tails: { readonly [scope: string]: PlanSeries };
  /** Calls that no state of the flow makes, by path (`<step>#undo`, `<step>#undo/<stepId>`, `<step>#probe`). */
  readonly calls: { readonly [path: string]: PlanCall };
  /** Runs with the same key never overlap. */
  readonly lock?: PlanLock;
  /** What is promised of its runs. */
  readonly slo?: PlanSlo;
  readonly edges: readonly PlanEdge[];
}

/** A source description of type openapi or asyncapi that the workflow touches, or that one of these depends on. */
export interface PlanSystem {
  readonly name: string;
  readonly title: string;
  /** `x-interlock.system`; absent: the origin of its server in the environment. */
  readonly identity?: string;
  /** Names of the systems that must be up before this one. */
  readonly dependsOn?: readonly string[];
  /** As the OpenAPI document lists them; the environment may replace them. */
  readonly servers: readonly Server[];
  readonly securitySchemes: { readonly [name: string]: SecurityScheme };
  /** Shared by all runs of a deployment, under the system's identity; absent: no such protection. */
  readonly breaker?: BreakerPolicy;
  readonly rateLimit?: RateLimitPolicy;
  /** Calls under way at once. */
  readonly concurrency?: number;
  /** Only what is declared; the rest by default. */
  readonly contract?: Partial<ContractPolicy>;
  /** How to ask whether it is well; absent: nobody asks. */
  readonly health?: PlanHealth;
  /** What is promised of calls of it. */
  readonly slo?: PlanSlo;
}

/** At least one of availability and latency. */
export interface PlanSlo {
  /** The share of runs that succeed, or of calls that are answered; above 0 and below 1. */
  readonly availability?: number;
  /** So many percent of runs, or of single requests, take no longer. */
  readonly latency?: { readonly percentile: number; readonly belowMs: number };
  /** Over how long: it is what the share that may fail is a budget of. */
  readonly windowMs: number;
}

/** What a message leads to that breaks the OpenAPI document. */
export interface ContractPolicy {
  readonly requests: 'enforce' | 'report' | 'ignore';
  readonly responses: 'enforce' | 'report' | 'ignore';
}

export interface PlanCache {
  /** Of an answer that does not say so itself. */
  readonly ttlMs?: number;
  /** How long past its time an answer stands in while the system fails; else as the answer says. */
  readonly staleIfErrorMs?: number;
}

export type PlanHealth = PlanHealthTimes &
  (
    | {
        /** Below its server; answered without credentials. */
        readonly path: string;
      }
    | {
        /** A safe operation of its document, asked with its credentials; the values are constants. */
        readonly call: { readonly operation: PlanOperation; readonly parameters: readonly PlanParameter[] };
      }
  );

export interface PlanHealthTimes {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** All of them hold: it is well. Absent: any 2xx. */
  readonly criteria?: readonly Criterion[];
  /** So many bad answers in a row make it unwell; absent: one. */
  readonly unhealthyAfter?: number;
  /** So many good ones make it well again; absent: one. */
  readonly healthyAfter?: number;
}

export interface BreakerPolicy {
  /** Shares of the window's calls, above 0 and at most 1. */
  readonly failureRate: number;
  readonly slowRate?: number;
  readonly slowAfterMs?: number;
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly openForMs: number;
  readonly trialCalls: number;
}

export interface RateLimitPolicy {
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
}

export interface PlanLock {
  /** A text with expressions over the run's input. */
  readonly key: Value;
  /** When a waiting run looks at the owner. */
  readonly leaseMs: number;
  readonly waitMs: number;
}

export interface PlanOperation {
  readonly key: string;
  readonly system: string;
  readonly operationId?: string;
  readonly method: Method;
  readonly path: string;
  readonly parameters: readonly PlanOperationParameter[];
  readonly body?: { readonly required: boolean; readonly content: readonly PlanMediaType[] };
  readonly responses: readonly { readonly status: string; readonly content: readonly PlanMediaType[] }[];
  readonly security: readonly SecurityRequirement[];
  /** Only where the operation or its path overrides the document's servers. */
  readonly servers?: readonly Server[];
  /** A message is sent or received; method and path say nothing then. */
  readonly message?: MessageExchange;
}

export interface PlanOperationParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'querystring' | 'header' | 'cookie';
  readonly required: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly contentType?: string;
  readonly schema?: Json;
}

export interface PlanMediaType {
  readonly contentType: string;
  readonly schema?: Json;
  readonly encoding?: JsonObject;
  readonly prefixEncoding?: readonly JsonObject[];
  readonly itemEncoding?: JsonObject;
  readonly isSequence?: true;
}

/**
 * What repeating the step's call may do: `safe` changes nothing (GET, HEAD, OPTIONS, TRACE, QUERY), `idempotent` may be
 * repeated in doubt (PUT, DELETE, or declared idempotency; without a key it may be for ever), `unsafe` may not.
 */
export type Effect = 'safe' | 'idempotent' | 'unsafe';

/** One request and how it is judged: a step's own, or one that undoes or probes a step. */
export interface PlanCall {
  readonly path: string;
  readonly stepId: string;
  /** What its values may read. */
  readonly scope: string;
  /** For people: where it is written. */
  readonly origin: Place;
  readonly operation: string;
  readonly effect: Effect;
  readonly parameters: readonly PlanParameter[];
  readonly body?: PlanBody;
  readonly criteria: readonly Criterion[];
  readonly outputs: { readonly [name: string]: Value };
  /** Attempt n has timeouts[min(n, last)]; milliseconds. */
  readonly timeoutsMs: readonly number[];
  readonly retry: RetryPolicy;
  /** Every attempt with its timeout, the waits between them and a margin: how long an intent's lease lasts. */
  readonly leaseMs: number;
  /** How long after an attempt's deadline its effect may still land. */
  readonly graceMs: number;
  readonly idempotency?: Idempotency;
  /** Answers are used again; only where it is safe. */
  readonly cache?: PlanCache;
  /** Names of outputs that are sensitive; they travel by reference. */
  readonly sensitive: readonly string[];
  /** Paths of the steps whose outputs this one's values, criteria and outputs read, scopes looked through. */
  readonly reads: readonly string[];
  readonly readsInputs: boolean;
}

export interface PlanStep extends PlanCall {
  readonly onSuccess: readonly PlanAction[];
  readonly onFailure: readonly PlanAction[];
  /** Absent: nobody has said what becomes of the effect when the run fails. Never on a safe step. */
  readonly undo?: PlanUndo;
  /** Tells whether the effect happened. Never on a safe step. */
  readonly probe?: PlanProbe;
  readonly fallback?: PlanFallback;
  /** Done once for each item of a list. */
  readonly forEach?: PlanForEach;
  /** A person is asked before its request is made. */
  readonly interaction?: PlanInteraction;
  /** It waits for a message. */
  readonly receive?: PlanReceive;
  /** The step asks whether what the one before it began is done: its path is `<step>#poll`, and it changes nothing. */
  readonly poll?: PlanPoll;
  /** What a corrected retry does with a standing effect that was made from other data. */
  readonly onChange: 'refuse' | 'redo';
  /** Calls of this step under way at once, over all runs. */
  readonly concurrency?: number;
  /** May be passed more than once (goto or retry leads back to it): the machine then counts its visits. */
  readonly repeats: boolean;
  /** Scopes that end well when the run falls through this step, innermost first. */
  readonly closes: readonly string[];
  /** Every label that leaving this step can give, `next` first where it can fall through. */
  readonly exits: readonly string[];
}

export type PlanUndo =
  /** The author accepts that the effect stays, for this reason. */
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'calls';
      /** Keys of `Plan.calls`, made one after another: one for an operation, a workflow's steps for a workflow. */
      readonly calls: readonly string[];
      readonly whenInDoubt: 'undo' | 'probe' | 'ask';
      /** Undone although a step that built on it could not be. */
      readonly independent: boolean;
      /** Counted over all rounds of one call. */
      readonly attempts: number;
      /** From the first round of a call; after it the undo is left to an operator. */
      readonly budgetMs: number;
    };

export interface PlanProbe {
  /** A key of `Plan.calls`; its outputs stand in for the step's where the effect happened. */
  readonly call: string;
  /** All of them hold: the effect happened. */
  readonly applied: readonly Criterion[];
  /** All of them hold: it did not. Empty: nothing proves its absence. */
  readonly absent: readonly Criterion[];
}

/** What takes a failed step's place, where nothing of the step stands; the run is then degraded. */
export type PlanFallback = { readonly criteria: readonly Criterion[] } & (
  | { readonly kind: 'outputs'; readonly outputs: { readonly [name: string]: Value } }
  /** A key of `Plan.calls`: another step's request, made in this step's place with outputs of that step's names. */
  | { readonly kind: 'call'; readonly call: string }
);

export interface PlanInteraction {
  readonly type: 'approval' | 'form' | 'acknowledge';
  readonly title?: string;
  readonly description?: Value;
  /** Of what the person gives along. */
  readonly schema?: Json;
  /** From when the run has come to the step; absent: as long as the run may take. */
  readonly deadlineMs?: number;
  readonly onTimeout: 'approve' | 'reject' | 'fail';
  /** Members of what is given along that are sensitive, `*` for all. */
  readonly sensitive: readonly string[];
  /** The description is made from what is sensitive: it is not shown. */
  readonly hidden?: true;
}

export interface PlanReceive {
  /** Tells the message that is waited for from others; absent: the next one of the channel. */
  readonly correlation?: Value;
  /** From when the run has come to the step; absent: as long as the run may take. */
  readonly timeoutMs?: number;
}

/** Each item is an effect of its own, with its own intent, outcome and undo; what it reads as `$item` is its own. */
export interface PlanForEach {
  readonly items: Value;
  /** Names an item; absent: its place in the list does. */
  readonly key?: Value;
  /** Items under way at once in one run. */
  readonly concurrency: number;
  /** How many items may fail, where nothing of them stands; 0: none. */
  readonly tolerate: number | 'all';
  /** What the key is made from is sensitive: an item is named by a digest of it. */
  readonly hidden?: true;
  readonly batches: PlanBatches;
}

/** How a list is done that is too long for a task of its own for each item (run-contract section 8). */
export interface PlanBatches {
  /** A longer list is done in batches, each a task and a shard. */
  readonly over: number;
  /** Items of a batch. */
  readonly size: number;
  /** Items that begin at once in a batch, and of which a crash leaves none but these in doubt. */
  readonly group: number;
  /** Batches at once: together they keep to the concurrency. */
  readonly atOnce: number;
  /** How long one invocation begins further groups. */
  readonly forMs: number;
}

export interface PlanPoll {
  /** The step that began it, whose effect stands. Its criteria are the step's own. */
  readonly of: string;
  /** All of them hold: it has failed. */
  readonly failed: readonly Criterion[];
  readonly everyMs: number;
  readonly backoff: number;
  readonly capMs: number;
  /** From the first question; absent: as long as the run may take. */
  readonly deadlineMs?: number;
  /** So long the answers may stay the same. */
  readonly heartbeatMs?: number;
}

export interface PlanParameter {
  readonly in: 'path' | 'query' | 'querystring' | 'header' | 'cookie';
  readonly name: string;
  readonly value: Value;
}

export interface PlanBody {
  readonly contentType?: string;
  readonly payload?: Value;
  readonly replacements: readonly {
    readonly target: string;
    readonly language: 'jsonpointer' | 'jsonpath' | 'xpath';
    /** Of XPath, where the author asks for another than 3.1. */
    readonly version?: XPathVersion;
    readonly value: Value;
  }[];
}

export interface RetryPolicy {
  /** Attempts in one visit, the first included; 1 means no repetition. Only what is safe to repeat is repeated. */
  readonly attempts: number;
  readonly intervalMs: number;
  readonly backoff: number;
  readonly capMs: number;
  readonly jitter: 'full' | 'none';
}

export interface Idempotency {
  /** The header that carries the key; absent when a body field does. */
  readonly header?: string;
  /** JSON Pointer into the body that carries the key. */
  readonly field?: string;
  readonly retentionMs: number;
}

/** An action with its target resolved to a label; the first whose criteria all hold is taken. */
export interface PlanAction {
  readonly name: string;
  readonly type: 'end' | 'goto' | 'retry';
  readonly criteria: readonly Criterion[];
  /** What the handler answers as `go`. Absent for `end` in onFailure: it fails the scope. */
  readonly label?: string;
  /** Scopes that this action ends well, innermost first (an `end` on success, a goto of a caller). */
  readonly closes: readonly string[];
  readonly retry?: {
    readonly afterMs: number;
    readonly limit: number;
    /** What begins again: the step itself, or the first node of the workflowId step that the action belongs to. */
    readonly again: string;
    /** What runs first, once per attempt. A `step` here is passed as a repair: its own actions do not apply. */
    readonly repair?:
      | { readonly kind: 'step'; readonly step: string }
      | { readonly kind: 'workflow'; readonly scope: string };
  };
}

/**
 * A workflow as this run passes through it. Values read inside a scope see the scope's inputs, which are computed from
 * the parent's view when they are read; nothing is executed for entering or leaving one.
 */
export interface PlanScope {
  readonly path: string;
  readonly workflowId: string;
  readonly parent?: string;
  /** `root`, an inlined workflowId step, the target of a goto, or a workflow that undoes a step. */
  readonly via: 'root' | 'step' | 'goto' | 'dependency' | 'repair' | 'undo';
  /** What its document calls itself (`$self`). */
  readonly self?: string;
  /** Fields of its source descriptions, where something reads them. */
  readonly sources?: { readonly [name: string]: JsonObject };
  readonly inputSchema?: Json;
  /** Absent on the root and where nothing passes inputs (dependency, goto without parameters): the parent's are seen. */
  readonly inputs?: { readonly [name: string]: Value };
  /** The workflow's own outputs, read in this scope. */
  readonly outputs: { readonly [name: string]: Value };
  /** Via a step: that step's criteria, actions and outputs, read in the parent's scope. */
  readonly caller?: {
    readonly stepId: string;
    readonly criteria: readonly Criterion[];
    readonly outputs: { readonly [name: string]: Value };
    readonly onSuccess: readonly PlanAction[];
    readonly onFailure: readonly PlanAction[];
  };
  /** Steps of this workflow by stepId, to their paths; a workflowId step's path is a scope's. */
  readonly members: { readonly [stepId: string]: PlanMember };
  /** What `$workflows.<workflowId>` means here: the scope through which that workflow is passed. */
  readonly workflows: { readonly [workflowId: string]: string };
  /** Paths of the steps whose outputs the workflow's outputs read (for Close). */
  readonly reads: readonly string[];
  /** Names that are sensitive, `*` for all; only where a run takes its input or ends, and only where there are any. */
  readonly sensitive?: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
}

/** `asks`: the step that asks until it is done; its outputs are added. */
export type PlanMember = { readonly step: string; readonly asks?: string } | { readonly scope: string };

export type PlanSeries = readonly PlanNode[];

export type PlanNode =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'parallel'; readonly name: string; readonly branches: readonly PlanSeries[] };

export interface PlanEdge {
  readonly from: string;
  readonly to: string;
  /** `sequence`: array order; `added`: closes a graph that is not series-parallel. */
  readonly why: 'dependsOn' | 'output' | 'sequence' | 'added';
}
