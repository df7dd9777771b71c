/**
 * The machines of an integration as its functions know them: what is told of them in an environment (lib/aws/executions.ts
 * reads it), and what a role is allowed of their executions. Which function needs what is its construct's to say.
 */
import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { HandlerFunction } from './handler-function.ts';

/** By workflow. */
export type Machines = ReadonlyMap<string, Pair>;

interface Pair {
  readonly machine: sfn.StateMachine;
  readonly undo: sfn.StateMachine;
  /** Of the first; the second never is. */
  readonly isExpress: boolean;
}

type Kind = 'machine' | 'undo';

/** Which machines to start; written only when the template is, since machines name functions in turn. */
export function tellMachines(
  { function: handler }: HandlerFunction,
  machines: Machines,
  kinds: readonly Kind[] = ['machine', 'undo'],
): void {
  const arns = [...machines].map(
    ([workflowId, both]) =>
      [workflowId, Object.fromEntries(kinds.map((kind) => [kind, both[kind].stateMachineArn]))] as const,
  );
  const produce = (): string => Stack.of(handler).toJsonString(Object.fromEntries(arns));
  handler.addEnvironment('INTERLOCK_MACHINES', Lazy.string({ produce }));
}

/** Those whose executions are told of, looked at and stopped. */
export function standardOf(machines: Machines): readonly sfn.StateMachine[] {
  return [...machines.values()].filter(({ isExpress }) => !isExpress).map(({ machine }) => machine);
}

export function expressOf(machines: Machines): readonly sfn.StateMachine[] {
  return [...machines.values()].filter(({ isExpress }) => isExpress).map(({ machine }) => machine);
}

export function executionsOf(machine: sfn.StateMachine): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
