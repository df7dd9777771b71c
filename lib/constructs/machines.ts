/**
 * The machines of an integration as its functions and rules know them: by the beginning of their names. How much is said of
 * them does not grow with the workflows. Which function needs what is its construct's to say.
 */
import { ArnFormat, Aws, Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CompiledWorkflow } from '../compile/compile.ts';
import { kindOfRun, type MachineKind, machineName } from '../model/machine-name.ts';
import type { HandlerFunction } from './handler-function.ts';

/** Of the integration's own id in their names: readable, not more. */
const LONGEST_ID = 20;
const DIGITS = 8;

export class Machines {
  /** Whether there are express workflows. */
  readonly hasExpress: boolean;
  /** Which runs may be begun. */
  readonly ofRuns: readonly MachineKind[];
  private readonly stack: Stack;
  private readonly beginning: string;

  /**
   * Two integrations of a stack differ in their paths, two stacks of an account in their ids, also where they were made from
   * one app.
   */
  constructor(scope: Construct, workflows: readonly Pick<CompiledWorkflow, 'plan'>[]) {
    this.stack = Stack.of(scope);
    const kinds = new Set(workflows.map(({ plan }) => kindOfRun(plan)));
    this.ofRuns = [...kinds].sort();
    this.hasExpress = kinds.has('express');
    const id = scope.node.id.replace(/[^A-Za-z0-9]+/g, '-').slice(0, LONGEST_ID);
    const stackId = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
    this.beginning = Fn.join('-', [id, scope.node.addr.slice(-DIGITS), stackId, '']);
  }

  nameOf(kind: MachineKind, workflowId: string): string {
    return `${this.beginning}${machineName(kind, workflowId)}`;
  }

  /** All of a kind: what their ARNs begin with. */
  arnsOf(kind: MachineKind): string {
    return this.arn('stateMachine', `${kind}-`);
  }

  /** All executions of all machines of a kind, for a policy. */
  executionsOf(kind: MachineKind): string {
    return this.arn('execution', `${kind}-*:*`);
  }

  /** lib/aws/executions.ts reads it. */
  tell({ function: handler }: HandlerFunction): void {
    handler.addEnvironment('INTERLOCK_MACHINES', this.arn('stateMachine', ''));
  }

  private arn(resource: string, rest: string): string {
    return this.stack.formatArn({
      service: 'states',
      resource,
      resourceName: `${this.beginning}${rest}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
