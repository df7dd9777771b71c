import type { ExecutionInput } from '../../model/task.ts';

/** `none`: it was never started, or so long ago that nobody keeps it. */
export type ExecutionState = 'running' | 'over' | 'none';

/** Whether an execution of a run goes on: its own, or that of its undo machine with this number. */
export interface ExecutionStates {
  of(input: ExecutionInput, settlement?: number): Promise<{ readonly state: ExecutionState; readonly id: string }>;
}
