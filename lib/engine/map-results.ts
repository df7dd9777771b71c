/**
 * What a Distributed Map gives out: the results of its children, transformed as WriterConfig says. COMPACT is the output
 * alone (the default without a ResultWriter), FLATTEN the same with arrays laid open, NONE the output with what is known
 * of the execution (the default for a store). "If a child workflow execution fails, Step Functions returns its execution
 * result unchanged", whatever the transformation.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { ChildResult } from './ports.ts';

/** `exported`: to a store, else as the state's own result. */
export function mapResults(
  children: readonly ChildResult[],
  config: JsonObject,
  { exported }: { readonly exported: boolean },
): readonly Json[] {
  const transformation = config['Transformation'] ?? (exported ? 'NONE' : 'COMPACT');
  return children.flatMap((child): readonly Json[] => {
    const { status, output = null } = child;
    if (status !== 'SUCCEEDED' || transformation === 'NONE') return [described(child)];
    return transformation === 'FLATTEN' && Array.isArray(output) ? (output as readonly Json[]) : [output];
  });
}

/** As ListExecutions and DescribeExecution would say it; input and output are JSON text. */
function described(child: ChildResult): JsonObject {
  const { executionId, name, status, input, output, error, cause, startTime, stopTime } = child;
  return {
    ExecutionArn: executionId,
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    Name: name,
    ...(output !== undefined && { Output: JSON.stringify(output), OutputDetails: { Included: true } }),
    ...(error !== undefined && { Error: error }),
    ...(cause !== undefined && { Cause: cause }),
    Status: status,
    ...(startTime !== undefined && { StartDate: new Date(startTime).toISOString() }),
    ...(stopTime !== undefined && { StopDate: new Date(stopTime).toISOString() }),
  };
}

/** A JSON array, or JSON Lines. */
export function resultText(results: readonly Json[], config: JsonObject): string {
  if (config['OutputType'] !== 'JSONL') return JSON.stringify(results);
  return results.map((result) => `${JSON.stringify(result)}\n`).join('');
}
