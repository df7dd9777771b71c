import type { LookAnswer, LookTask } from '../../model/upkeep-task.ts';

/** Where a system's own function is asked, which has its credentials. */
export interface Looking {
  look(system: string, task: LookTask): Promise<LookAnswer>;
}
