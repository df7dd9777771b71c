/** All that happened on the stage while a state was tested: what the answer is read off. */
import type { Json } from '../../model/json.ts';
import type { HistoryEvent } from '../history.ts';
import type { MapRunning, Snapshot, Tasking, Waiting } from '../snapshot.ts';
import type { TestStateRequest } from './request.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';

export interface Performance {
  readonly request: TestStateRequest;
  readonly subject: Subject;
  readonly stage: Stage;
  readonly snapshot: Snapshot;
  readonly history: readonly HistoryEvent[];
  /** What the state waited for, if it did: its evaluated call, its Map run, its wait. */
  readonly awaited: Awaited | undefined;
  /** The items of a Map after its ItemSelector. */
  readonly selected: readonly Json[] | undefined;
}

export type Awaited = Tasking | MapRunning | Waiting;
