/**
 * Executions over Step Functions. Names make starting idempotent: "already exists" means started (run-contract section 7).
 * An express execution has a name that is nobody's: it begins as often as it is started, and can neither be described nor be
 * stopped. A machine is known by its workflow; what is before that in its ARN is told by the function's environment.
 */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { assert } from '../model/assert.ts';
import { kindOfRun, machineName } from '../model/machine-name.ts';
import type { ExecutionInput } from '../model/task.ts';
import type { ExecutionStates } from '../runtime/ports/execution-states.ts';
import type { Executions } from '../runtime/ports/executions.ts';
import type { Plans } from '../runtime/ports/plans.ts';
import { executionName, HANDED_OVER, undoExecutionName } from '../runtime/run.ts';

export interface StepFunctionsOptions {
  readonly client: Pick<SFNClient, 'send'>;
  /** What the ARNs of all machines of the integration begin with. */
  readonly machines: string;
  /** One that does not say what is deployed has everything. */
  readonly plans: Plans & { isDeployed?(hash: string): Promise<boolean> };
}

export class StepFunctionsExecutions implements Executions, ExecutionStates {
  private readonly options: StepFunctionsOptions;

  constructor(options: StepFunctionsOptions) {
    this.options = options;
  }

  static ofFunction(plans: StepFunctionsOptions['plans']): StepFunctionsExecutions {
    const machines = process.env['INTERLOCK_MACHINES'];
    assert(machines, 'the function has the environment variable INTERLOCK_MACHINES');
    return new StepFunctionsExecutions({ client: clientOfFunction(), machines, plans });
  }

  async start(input: ExecutionInput): Promise<void> {
    await this.begin(await this.machineOf(input), executionName(input.run, input.epoch), input);
  }

  /** It answers also where the execution has failed. */
  async startAndWait(input: ExecutionInput): Promise<void> {
    const stateMachineArn = await this.machineOf(input);
    const name = executionName(input.run, input.epoch);
    await this.options.client.send(new StartSyncExecutionCommand({ stateMachineArn, name, input: textOf(input) }));
  }

  async startUndo(input: ExecutionInput, number: number): Promise<void> {
    await this.begin(await this.undoMachineOf(input), undoExecutionName(input.run, input.epoch, number), input);
  }

  async stop(
    input: ExecutionInput,
    { error, cause }: { readonly error: string; readonly cause: string },
  ): Promise<void> {
    if ((await this.options.plans.plan(input.plan)).mode === 'express') return await this.startUndo(input, HANDED_OVER);
    const executionArn = executionArnOf(await this.machineOf(input), executionName(input.run, input.epoch));
    try {
      await this.options.client.send(new StopExecutionCommand({ executionArn, error, cause }));
    } catch (failure) {
      // Gone for longer than it is kept: it is over.
      if (!(failure instanceof ExecutionDoesNotExist)) throw failure;
    }
  }

  /** A machine is what was deployed last; executions keep what they began with. */
  async superseded(planHash: string): Promise<boolean> {
    return (await this.options.plans.isDeployed?.(planHash)) === false;
  }

  async of(input: ExecutionInput, settlement?: number): ReturnType<ExecutionStates['of']> {
    const { run, epoch } = input;
    const id =
      settlement === undefined
        ? executionArnOf(await this.machineOf(input), executionName(run, epoch))
        : executionArnOf(await this.undoMachineOf(input), undoExecutionName(run, epoch, settlement));
    try {
      const { status } = await this.options.client.send(new DescribeExecutionCommand({ executionArn: id }));
      return { state: status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'over', id };
    } catch (failure) {
      if (!(failure instanceof ExecutionDoesNotExist)) throw failure;
      return { state: 'none', id };
    }
  }

  /** As the run's own plan has it: what has become express since has another machine. */
  private async machineOf({ plan: hash }: ExecutionInput): Promise<string> {
    const plan = await this.options.plans.plan(hash);
    return this.options.machines + machineName(kindOfRun(plan), plan.workflowId);
  }

  private async undoMachineOf({ plan }: ExecutionInput): Promise<string> {
    const { workflowId } = await this.options.plans.plan(plan);
    return this.options.machines + machineName('undo', workflowId);
  }

  private async begin(stateMachineArn: string, name: string, input: ExecutionInput): Promise<void> {
    try {
      await this.options.client.send(new StartExecutionCommand({ stateMachineArn, name, input: textOf(input) }));
    } catch (failure) {
      if (!(failure instanceof ExecutionAlreadyExists)) throw failure;
    }
  }
}

/** Whoever waits asks another host of the service, `sync-states`; one that was named for us is the only one there is. */
function clientOfFunction(): SFNClient {
  const { AWS_ENDPOINT_URL_SFN: ours, AWS_ENDPOINT_URL: all } = process.env;
  return new SFNClient({ disableHostPrefix: ours !== undefined || all !== undefined });
}

/** The same whoever begins it, also a machine that hands its run over: another input under one name is a conflict. */
function textOf({ run, epoch, plan }: ExecutionInput): string {
  return JSON.stringify({ run, epoch, plan });
}

/** The name of an execution is ours, so its ARN is known. */
function executionArnOf(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
