import type { HealthAnswer, HealthTask } from '../../model/upkeep-task.ts';

/** Where a system's own function is asked, which can reach it. */
export interface Asking {
  health(system: string, task: HealthTask): Promise<HealthAnswer>;
}
