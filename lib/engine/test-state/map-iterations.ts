/** How many iterations the tested Map would have, and whether the given number of failures is more than it tolerates. */
import type { Json } from '../../model/json.ts';
import type { MapRunRequest } from '../snapshot.ts';
import type { TestStateRequest } from './request.ts';
import type { Subject } from './subject.ts';

/** Undefined where the items are in a store that the test has no data of. */
export function iterationsOf(request: TestStateRequest, { state }: Subject, run: MapRunRequest): number | undefined {
  if (state.Type !== 'Map' || state.ItemReader === undefined) return run.items?.length;
  const data = request.stateConfiguration?.mapItemReaderData;
  return data === undefined ? undefined : rowsIn(data, run.reader?.config ?? {});
}

function rowsIn(data: string, config: { readonly [name: string]: Json }): number | undefined {
  const lines = data.split('\n').filter((line) => line.trim() !== '').length;
  switch (config['InputType']) {
    case 'CSV':
      return config['CSVHeaderLocation'] === 'FIRST_ROW' ? Math.max(0, lines - 1) : lines;
    case 'JSONL':
      return lines;
    case 'JSON':
      return itemsIn(data);
    default:
      return undefined;
  }
}

function itemsIn(data: string): number | undefined {
  try {
    const value = JSON.parse(data) as Json;
    return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
  } catch {
    return undefined;
  }
}

/** Only a declared tolerance counts (recorded): without one the mocked result stands, whatever failed. */
export function thresholdExceeded(request: TestStateRequest, subject: Subject, run: MapRunRequest): boolean {
  const failures = request.stateConfiguration?.mapIterationFailureCount ?? 0;
  const { state } = subject;
  if (state.Type !== 'Map') return false;
  const iterations = iterationsOf(request, subject, run) ?? 0;
  const { count, percentage } = run.tolerance;
  const isOverCount = state.ToleratedFailureCount !== undefined && failures > count;
  const share = iterations === 0 ? 0 : (failures * 100) / iterations;
  return isOverCount || (state.ToleratedFailurePercentage !== undefined && share > percentage);
}
