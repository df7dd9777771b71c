/** A route as data: what the dispatcher matches, the OpenAPI document says and API Gateway is told. */
import type { Json, JsonObject } from '../model/json.ts';
import type { ProblemName } from './problems.ts';

export interface Route {
  readonly operationId: OperationId;
  readonly method: 'GET' | 'POST';
  /** With `{name}` for a segment; `{step}` takes several, since a step's path has slashes. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: RouteBody;
  readonly responses: readonly RouteResponse[];
  /** Beside those that every route may answer. */
  readonly problems?: readonly ProblemName[];
  /** `anybody`: who asks proves it otherwise, or nothing is told that is not public. */
  readonly caller?: 'anybody';
}

export type Tag = 'Workflows' | 'Runs' | 'Actions' | 'Steps' | 'Dead letters' | 'Callbacks' | 'Service';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: JsonObject;
  readonly example?: Json;
}

export interface RouteBody {
  readonly required: boolean;
  /** Absent: any text of any type. */
  readonly schema?: JsonObject;
  readonly example?: Json;
}

export interface RouteResponse {
  readonly status: number;
  readonly description: string;
  /** A component of the document, or a media type that is no JSON. */
  readonly schema: string;
  readonly headers?: { readonly [name: string]: string };
}

export const OPERATION_IDS = [
  'listWorkflows',
  'startRun',
  'listRuns',
  'getRun',
  'followRun',
  'cancelRun',
  'retryRun',
  'undoRun',
  'resolveStep',
  'skipStep',
  'approveStep',
  'rejectStep',
  'receiveCallback',
  'receiveWebhook',
  'deliverMessage',
  'listSystems',
  'listDeadLetters',
  'redriveDeadLetter',
  'discardDeadLetter',
  'getHealth',
  'getDocument',
] as const;

export type OperationId = (typeof OPERATION_IDS)[number];
