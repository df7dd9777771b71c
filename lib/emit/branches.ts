/**
 * A Parallel and its join. Each branch is a region of its own; a failed one ends normally and says so, and whoever comes
 * after the join is told: the next Task's handler or the closing task, and only where neither follows, a Choice.
 */
import type { SubMachine } from '../model/asl.ts';
import type { PlanSeries } from '../model/plan.ts';
import { brokenJoin, catchAll } from './failing.ts';
import { branchOutput, branchOutputAfterJoin, joinAssign, joinedFrom } from './handing-out.ts';
import { variable } from './jsonata.ts';
import { chooses, comesAgain, firstOf, type ParallelNode, stepOf, stepsOf, stepsWithin } from './nodes.ts';
import { openRegion, type Region, type RegionEnd } from './region.ts';
import { endsBranch, following, type Place, type Writing } from './writing.ts';

export function writeParallel(writing: Writing, region: Region, node: ParallelNode, place: Place): void {
  const name = writing.names.node(node.name);
  const branches = node.branches.map((series) => branch(writing, region, { node, series, first: place.first }));
  const joined = node.branches.flatMap((series, index) => joinedFrom(index, stepsWithin(writing, series)));
  const parallel = {
    Type: 'Parallel' as const,
    Branches: branches,
    Catch: catchAll(region, writing.names, { state: name, step: stepsOf(node)[0] ?? node.name }),
  };
  if (endsBranch(region, place)) {
    region.states[name] = { ...parallel, Output: branchOutputAfterJoin(region, joined), End: true };
    return;
  }
  const asks = isAsked(region, place) ? undefined : writing.names.joined(node.name);
  const after = following(writing, region, place);
  region.states[name] = { ...parallel, Assign: joinAssign(region, joined), Output: {}, Next: asks ?? after };
  if (asks !== undefined) writeJoinChoice(writing, region, { node, choice: asks, after });
}

function isAsked(region: Region, { next }: Place): boolean {
  if (next) return next.kind === 'step';
  return region.end.kind === 'state' && region.end.judges;
}

function writeJoinChoice(
  { names }: Writing,
  region: Region,
  { node, choice, after }: { readonly node: ParallelNode; readonly choice: string; readonly after: string },
): void {
  const broken = names.broken(node.name);
  region.states[choice] = {
    Type: 'Choice',
    Choices: [{ Condition: variable(region.broken), Next: broken }],
    Default: after,
  };
  region.states[broken] = brokenJoin(region, node.name);
}

interface Branch {
  readonly node: ParallelNode;
  readonly series: PlanSeries;
  readonly first: boolean;
}

function branch(writing: Writing, outer: Region, { node, series, first }: Branch): SubMachine {
  const { names } = writing;
  const entry = names.node(firstOf(series));
  const done = names.branchDone(entry);
  const end: RegionEnd = endsByChoice(writing, series)
    ? { kind: 'state', name: done, judges: false }
    : { kind: 'output' };
  const region = openRegion({
    outer,
    loops: comesAgain(writing, node),
    broken: names.brokenJoin(outer.depth + 1, node.name),
    jumps: outer.jumps,
    end,
  });
  writing.series(region, series, { first });
  if (end.kind === 'state') region.states[done] = { Type: 'Pass', Output: branchOutput(region), End: true };
  return { StartAt: entry, States: { ...region.states, ...region.raises } };
}

/** Some Choice leads to the branch's end, so that it needs a state which hands the outputs out. */
function endsByChoice(writing: Writing, series: PlanSeries): boolean {
  const steps = series.flatMap((node) => (node.kind === 'step' ? [stepOf(writing, node.step)] : []));
  const last = series.at(-1);
  const lastChooses = last?.kind === 'step' && chooses(stepOf(writing, last.step));
  return lastChooses || steps.some(({ exits }) => exits.includes('end'));
}
