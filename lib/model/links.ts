/**
 * Everything in a description that names something else, resolved once: what each step calls, which parameters and
 * actions apply to it after reusable references and workflow-level defaults, where its actions lead, what it waits for
 * and what it reads. lib/check/links.ts makes it, the rules and lib/plan read it. What does not resolve is absent here
 * and has its diagnostic, so a description without errors has complete links. Workflows and steps are named by identity
 * (the very object of the model), never by id: ids repeat across documents. Arazzo 1.1, sections 2-8 and 12-13.
 */
import type {
  FailureAction,
  Fallback,
  Parameter,
  Poll,
  Probe,
  SourceDescription,
  Step,
  SuccessAction,
  Workflow,
} from './arazzo.ts';
import type { AsyncApiDocument } from './asyncapi.ts';
import type { Description } from './description.ts';
import type { Place } from './diagnostic.ts';
import type { MessageAction } from './message.ts';
import type { ApiDocument, Operation, OperationParameter } from './openapi.ts';

export interface Links {
  /** The entry description, then the other Arazzo documents that links lead into. */
  readonly descriptions: readonly Description[];
  /** Every workflow of the entry in document order, then those of other documents that links lead to. */
  readonly workflows: ReadonlyMap<Workflow, LinkedWorkflow>;
  /** How systems are asked after their health, of all these descriptions. */
  readonly health: readonly LinkedHealth[];
  readonly systemDependencies: readonly SystemDependency[];
}

export interface SystemDependency {
  readonly from: SourceDescription;
  readonly to: SourceDescription;
  readonly at: Place;
}

/** Linked as if it were a step of a workflow of its own, which nobody runs. */
export interface LinkedHealth {
  readonly owner: LinkedWorkflow;
  readonly source: SourceDescription;
  /** Without a target where a path is asked. */
  readonly linked: LinkedStep;
}

export interface LinkedWorkflow {
  /** The description that this workflow is written in: its source names and components are the ones that count. */
  readonly description: Description;
  readonly workflow: Workflow;
  /** Its steps, in document order. */
  readonly steps: readonly LinkedStep[];
  readonly dependsOn: readonly WorkflowDependency[];
  /** What its lock and its outputs read. */
  readonly reads: readonly Read[];
}

export interface WorkflowDependency extends WorkflowTarget {
  readonly text: string;
  readonly at: Place;
}

export interface LinkedStep {
  readonly step: Step;
  /** Its number in the workflow, from 0. */
  readonly index: number;
  /** Absent when the step names nothing that exists. */
  readonly target?: LinkedTarget;
  /**
   * What applies: the workflow's parameters that fit the target, each replaced by the step's of the same name and `in`,
   * then the step's others. A workflow-level path parameter that the operation's path does not have is left out; on a
   * workflowId step only parameters without `in` are inherited, on the others only those with it.
   */
  readonly parameters: readonly LinkedParameter[];
  /** The step's own, then the workflow's whose name the step does not use: the first that matches is taken. */
  readonly successActions: readonly LinkedAction<SuccessAction>[];
  readonly failureActions: readonly LinkedAction<FailureAction>[];
  readonly dependsOn: readonly StepDependency[];
  /**
   * What its values, criteria, actions and outputs read of other steps, inputs and workflows: each place once. What its
   * undo, probe and fallback read of others is among them, since that has to be there before the step begins.
   */
  readonly reads: readonly Read[];
  /** What undoes its effect and what asks after it, linked as if each were a step of the same workflow. */
  readonly undo?: LinkedStep;
  readonly probe?: LinkedProbe;
  readonly fallback?: LinkedFallback;
  /** What is asked until what it began is done. */
  readonly poll?: LinkedPoll;
}

export interface LinkedProbe extends LinkedStep {
  readonly step: Probe;
}

export interface LinkedPoll extends LinkedStep {
  readonly step: Poll;
}

export interface LinkedFallback {
  readonly fallback: Fallback;
  /** Whose request is made in the failed one's place. */
  readonly step?: Step;
  readonly reads: readonly Read[];
}

export type LinkedTarget = OperationTarget | WorkflowTarget | ChannelTarget;

/** A request, or a message that is sent or received. */
export interface OperationTarget {
  readonly kind: 'operation';
  /** The source description's name, in the description of the step. */
  readonly sourceName: string;
  readonly document: ApiDocument;
  readonly operation: Operation;
  /** Of a message, where an operation is named: what the document says is done, perhaps as seen from the other side. */
  readonly described?: MessageAction;
}

export interface WorkflowTarget {
  readonly kind: 'workflow';
  /** Absent for a workflow of the same description. */
  readonly sourceName?: string;
  readonly description: Description;
  readonly workflow: Workflow;
}

/** A channel or an operation of an AsyncAPI document, where the step does not say whether it sends or receives. */
export interface ChannelTarget {
  readonly kind: 'channel';
  readonly sourceName: string;
  readonly document: AsyncApiDocument;
}

/** Who wrote an entry that applies to a step. */
export type Origin = 'step' | 'workflow';

export interface LinkedParameter {
  /** With a reusable reference followed and its `value` override in place. */
  readonly parameter: Parameter;
  readonly origin: Origin;
  /** The entry in the list: for a reusable reference its own place, not the component's. */
  readonly at: Place;
  /** Where its value is written: the component, unless the reference overrides it. */
  readonly valueAt: Place;
  /** What the operation declares under that name and `in` (header names in any case); absent: it declares nothing. */
  readonly declared?: OperationParameter;
}

export interface LinkedAction<A extends SuccessAction | FailureAction> {
  readonly action: A;
  readonly origin: Origin;
  /** The entry in the list: for a reusable reference its own place, not the component's. */
  readonly at: Place;
  /** Of a goto, or the repair of a retry. */
  readonly target?: ActionTarget;
  /** Inputs for a workflow target. */
  readonly parameters: readonly LinkedParameter[];
}

/** A step is always one of the same workflow. */
export type ActionTarget = { readonly kind: 'step'; readonly step: Step } | WorkflowTarget;

export type StepDependency = (
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'foreign-step'; readonly target: WorkflowTarget; readonly step: Step }
) & { readonly text: string; readonly at: Place };

/** When a step reads: to send its request, to judge the answer, to choose an action, to compute its outputs. */
export type ReadMoment = 'request' | 'criteria' | 'action' | 'outputs';

export interface Read {
  readonly moment: ReadMoment;
  readonly what: ReadSubject;
  /** The expression as written. */
  readonly text: string;
  /** The string that holds it, with the expression's span. */
  readonly at: Place;
}

export type ReadSubject =
  /** `$steps.<id>.outputs.<name>`: a step of the same workflow; a value of an undeclared output is never there. */
  | { readonly kind: 'step'; readonly step: Step; readonly output: string }
  /** `$inputs.<name>`; '' is the whole object. */
  | { readonly kind: 'input'; readonly name: string }
  /** `$workflows.<id>.(inputs|outputs).<name>`, or the same through `$sourceDescriptions.<source>.<id>`. */
  | {
      readonly kind: 'workflow';
      readonly target: WorkflowTarget;
      readonly field: 'inputs' | 'outputs';
      readonly name: string;
    };
