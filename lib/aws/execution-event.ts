/**
 * EventBridge's "Step Functions Execution Status Change" as the run that it tells of. The rule lets only machines of ours
 * through; an execution that somebody started by hand with another input is no run and is left alone.
 */
import { isObject } from '../model/json.ts';
import type { ExecutionInput } from '../model/task.ts';

export function executionEvent(event: unknown): ExecutionInput | undefined {
  const detail = isObject(event) ? event['detail'] : undefined;
  const text = isObject(detail) ? detail['input'] : undefined;
  return typeof text === 'string' ? runOf(text) : undefined;
}

function runOf(text: string): ExecutionInput | undefined {
  try {
    const input: unknown = JSON.parse(text);
    if (!isObject(input)) return undefined;
    const { run, epoch, plan } = input;
    const isRun = typeof run === 'string' && typeof plan === 'string' && Number.isSafeInteger(epoch);
    return isRun ? { run, plan, epoch: Number(epoch) } : undefined;
  } catch {
    // What is no JSON is nobody's run.
    return undefined;
  }
}
