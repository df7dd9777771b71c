import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { DescribedIntegration } from './described-integration.ts';
import type { Handlers } from './handlers.ts';
import type { WorkflowMachine } from './workflow-machine.ts';

/** What dashboards and alarms of an integration look at. */
export interface Watched {
  /** The integration's, which metrics are kept under. */
  readonly name: string;
  readonly described: DescribedIntegration;
  readonly systems: readonly string[];
  readonly handlers: Handlers;
  /** By workflow id. */
  readonly machines: ReadonlyMap<string, WorkflowMachine>;
  readonly deadLetters: sqs.Queue;
}
