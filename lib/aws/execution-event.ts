/**
 * EventBridge's "Step Functions Execution Status Change" as the run that it tells of. The rule lets only machines of ours
 * through; an execution that somebody started by hand with another input is no run and is left alone.
 */
import { isObject } from '../model/json.ts';
import type { Ended } from '../runtime/lifecycle.ts';

export function executionEvent(event: unknown): Ended | undefined {
  const detail = isObject(event) ? event['detail'] : undefined;
  if (!isObject(detail)) return undefined;
  const { input, executionArn } = detail;
  const run = typeof input === 'string' ? runOf(input) : undefined;
  return run && typeof executionArn === 'string' ? { ...run, execution: executionArn } : undefined;
}

function runOf(text: string): Omit<Ended, 'execution'> | undefined {
  try {
    const input: unknown = JSON.parse(text);
    if (!isObject(input)) return undefined;
    const { run, epoch, plan } = input;
    const isRun = typeof run === 'string' && typeof plan === 'string' && Number.isSafeInteger(epoch);
    return isRun ? { run, epoch: Number(epoch) } : undefined;
  } catch {
    // What is no JSON is nobody's run.
    return undefined;
  }
}
