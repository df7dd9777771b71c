/** A run's executions as the operator's actions need them: on AWS Step Functions, on one machine the engine. */
import type { ExecutionInput } from '../../model/task.ts';

export interface Executions {
  /** Idempotent: the execution of a run and an epoch has one name. On AWS an express one is begun each time. */
  start(input: ExecutionInput): Promise<void>;
  /**
   * An express execution, and its end; what the run came to is in the journal, and a failed one may yet be settled. Absent:
   * the host has no way to wait but looking.
   */
  startAndWait?(input: ExecutionInput): Promise<void>;
  /** The undo machine, for a run whose own execution is over; `number` tells one settlement from another. */
  startUndo(input: ExecutionInput, number: number): Promise<void>;
  /**
   * Ends the run's own execution where it is; one that is over already stays as it is. What follows an end settles the run.
   * Nothing ends an express execution but its next step behind the fence, so its undo machine is begun at once.
   */
  stop(input: ExecutionInput, why: { readonly error: string; readonly cause: string }): Promise<void>;
  /**
   * Whether another description of its workflow stands where this plan's machine stood, so that nothing can be begun under
   * it any more; what was begun goes on. Absent: the machine of every plan is kept.
   */
  superseded?(planHash: string): Promise<boolean>;
}
