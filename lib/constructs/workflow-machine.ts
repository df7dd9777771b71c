/**
 * One workflow as two state machines, its own and the one that settles a run whose execution was ended from outside: the
 * emitted definition as it is, its placeholders filled in by DefinitionSubstitutions, so that what a reviewer sees in the
 * repository is what runs. Functions are named in the version of this deployment: an execution keeps its definition, so
 * what was deployed since changes nothing for it. A machine may invoke the integration's functions and send to its dead
 * letters, nothing else; an express one sends no letter and may begin its undo machine. Its log never holds data: a run's
 * input and outputs stay in the journal, which tells more of an express run than a log of its events would.
 */
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import { calledSystems } from '../model/dependencies.ts';
import { kindOfRun } from '../model/machine-name.ts';
import { CORE, DEAD_LETTERS, UNDO_MACHINE, callPlaceholder } from '../model/placeholders.ts';
import { statesOf } from '../model/states-of.ts';
import type { Machines } from './machines.ts';

export interface WorkflowMachineProps {
  readonly workflow: CompiledWorkflow;
  readonly machines: Machines;
  /** Call functions by system. */
  readonly calls: ReadonlyMap<string, lambda.Function>;
  readonly core: lambda.Function;
  readonly deadLetters: sqs.IQueue;
  readonly log: logs.ILogGroup;
  readonly tracing: boolean;
}

export class WorkflowMachine extends Construct {
  readonly machine: sfn.StateMachine;
  readonly undo: sfn.StateMachine;
  /** Nobody is told of the end of its executions, or can look at one or stop it. */
  readonly isExpress: boolean;

  constructor(scope: Construct, id: string, props: WorkflowMachineProps) {
    super(scope, id);
    const { machine, undoMachine, plan } = props.workflow;
    const { workflowId } = plan;
    const name = props.machines.nameOf(kindOfRun(plan), workflowId);
    this.isExpress = plan.mode === 'express';
    const before = this.isExpress ? undefined : this.standardMachine('Machine', props, { name, definition: machine });
    // Undoing may take a day, whatever its run was.
    const undoing = { name: props.machines.nameOf('undo', workflowId), definition: undoMachine };
    this.undo = this.standardMachine('Undo', props, undoing);
    this.machine = before ?? this.expressMachine(props, { name, definition: machine });
  }

  private standardMachine(
    id: string,
    props: WorkflowMachineProps,
    named: Pick<Defined, 'name' | 'definition'>,
  ): sfn.StateMachine {
    const { deadLetters } = props;
    const substitutions = { [DEAD_LETTERS]: deadLetters.queueUrl };
    const machine = this.machineOf(id, props, { ...named, type: sfn.StateMachineType.STANDARD, substitutions });
    machine.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
    );
    deadLetters.encryptionMasterKey?.grantEncryptDecrypt(machine);
    return machine;
  }

  private expressMachine(props: WorkflowMachineProps, named: Pick<Defined, 'name' | 'definition'>): sfn.StateMachine {
    const { stateMachineArn } = this.undo;
    const substitutions = { [UNDO_MACHINE]: stateMachineArn };
    const type = sfn.StateMachineType.EXPRESS;
    const machine = this.machineOf('Machine', props, { ...named, type, substitutions });
    machine.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
    );
    return machine;
  }

  private machineOf(
    id: string,
    props: WorkflowMachineProps,
    { name, definition, type, substitutions }: Defined,
  ): sfn.StateMachine {
    const functions = functionsOf(props);
    const machine = new sfn.StateMachine(this, id, {
      stateMachineName: name,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: {
        ...Object.fromEntries([...functions].map(([name, { currentVersion }]) => [name, currentVersion.functionArn])),
        ...substitutions,
      },
      stateMachineType: type,
      logs: { destination: props.log, level: sfn.LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: props.tracing,
    });
    for (const handler of functions.values()) handler.grantInvoke(machine);
    if (computesNumbers(definition)) leaveToUs(machine);
    return machine;
  }
}

interface Defined {
  readonly name: string;
  readonly definition: StateMachineDefinition;
  readonly type: sfn.StateMachineType;
  /** By placeholder, beside the functions. */
  readonly substitutions: { readonly [name: string]: string };
}

/**
 * Whether a state gives a number by an expression, as JSONata mode allows: how long a Task may take that waits for a message
 * or a person, and how much of a list a Map does at once.
 */
function computesNumbers(definition: StateMachineDefinition): boolean {
  return [...statesOf(definition).values()].some(
    (state) =>
      (state.Type === 'Task' && typeof state.TimeoutSeconds === 'string') ||
      (state.Type === 'Map' && typeof state.MaxConcurrency === 'string'),
  );
}

/**
 * cfn-lint's schema knows these as numbers only (it allows an expression for the Seconds of a Wait), and would fail whoever
 * lints a template of ours. The definition has been validated before it came here.
 */
function leaveToUs(machine: sfn.StateMachine): void {
  (machine.node.defaultChild as sfn.CfnStateMachine).addMetadata('cfn-lint', { config: { ignore_checks: ['E3601'] } });
}

/** Only what this workflow calls, by placeholder. */
function functionsOf({ workflow, calls, core }: WorkflowMachineProps): ReadonlyMap<string, lambda.Function> {
  const systems = calledSystems(workflow.plan);
  const called = [...calls].filter(([system]) => systems.includes(system));
  return new Map([...called.map(([system, handler]) => [callPlaceholder(system), handler] as const), [CORE, core]]);
}
