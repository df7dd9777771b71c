/** What the rooms share that write one machine: the plan, its names, and the way back into the flow. */
import { assert } from '../model/assert.ts';
import type { PlanNode, PlanSeries } from '../model/plan.ts';
import type { MachineNames } from './machine-names.ts';
import { nameOf, type PlanIndex } from './nodes.ts';
import type { Region } from './region.ts';

export interface Writing extends PlanIndex {
  readonly names: MachineNames;
  /** Writes a series into a region. Branches and repairs hold series too, and come back to the flow by this. */
  readonly series: (region: Region, series: PlanSeries, start: { readonly first: boolean }) => void;
}

/** Where a node stands in its series. */
export interface Place {
  /** The node that follows; absent at the end of the series. */
  readonly next?: PlanNode;
  /** The node before was a Parallel: this one asks whether a branch failed. */
  readonly afterJoin: boolean;
  /** The run's very first node tells the journal which execution it is. */
  readonly first: boolean;
}

/** The last node of a branch that simply ends: it hands the outputs out itself. */
export function endsBranch(region: Region, place: Place): boolean {
  return place.next === undefined && region.end.kind === 'output';
}

export function following({ names }: Writing, region: Region, place: Place): string {
  return place.next ? names.node(nameOf(place.next)) : endOf(region);
}

export function endOf({ end }: Region): string {
  assert(end.kind === 'state', 'what leads to the end of a region finds a state there');
  return end.name;
}
