import type { RunEvent } from '../../model/run.ts';

/** Where run events go. Never throws and never waits: a lost event must not touch a run; the host buffers and flushes. */
export interface Events {
  /** False while nobody would hear of anything, so that nothing need be made. Absent: somebody always does. */
  readonly isHeard?: () => boolean;
  emit(event: RunEvent): void;
}
