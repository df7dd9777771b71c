import type { RunEvent } from '../../model/run.ts';

/** Where run events go. Never throws and never waits: a lost event must not touch a run; the host buffers and flushes. */
export interface Events {
  emit(event: RunEvent): void;
}
