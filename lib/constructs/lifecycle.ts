/**
 * Runs whose execution was stopped, timed out or failed before the run had an end: EventBridge tells of it, a function
 * looks at the journal and starts the undo machine. A shortcut, best effort as EventBridge is; the function acts for the
 * current epoch only and twice the same. Events of executions that ended well are not even sent; of express ones there are
 * none, and their undo machines are told of as all others.
 */
import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function.ts';
import type { Machines } from './machines.ts';

export interface LifecycleProps {
  readonly handler: HandlerFunction;
  readonly machines: Machines;
}

export const LIFECYCLE_TIMEOUT: Duration = Duration.seconds(30);

export class Lifecycle extends Construct {
  constructor(scope: Construct, id: string, { handler, machines }: LifecycleProps) {
    super(scope, id);
    machines.tell(handler);
    const undo = machines.arnsOf('undo');
    handler.role.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [`${undo}*`] }));
    new events.Rule(this, 'Ended', {
      description: 'Executions of runs that were stopped, timed out or failed.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
          stateMachineArn: events.Match.anyOf(events.Match.prefix(machines.arnsOf('run')), events.Match.prefix(undo)),
        },
      },
      targets: [new targets.LambdaFunction(handler.function)],
    });
  }
}
