/**
 * Recorded TestState requests, replayed: kind `testState`. The answer is compared with the recorded response or
 * exception; what the recording replaced by a placeholder (ids, dates, names) matches anything of its kind.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { canonical, isSame } from '../conformance/canonical.ts';
import { type CaseOutcome, plain, recordedError } from '../definition/conformance-cases.ts';
import { firstDifference } from '../definition/first-difference.ts';
import type { TestStateRequest } from './request.ts';
import { testState } from './test-state.ts';

const RECORDED_ACCOUNT = '111111111111';
const RECORDED_ROLE = `arn:aws:iam::${RECORDED_ACCOUNT}:role/recorded`;

/** Time stands still, and randomness is always the same: no recording depends on either. */
const PORTS = {
  clock: { now: (): number => Date.UTC(2026, 0, 1) },
  region: 'us-east-1',
  accountId: RECORDED_ACCOUNT,
  random: { next: (): number => 0.5, uuid: (): string => '00000000-0000-4000-8000-000000000000' },
};

export async function runTestStateCase(recorded: JsonObject): Promise<CaseOutcome> {
  const { request, expected } = recorded;
  if (!isObject(request) || !isObject(expected))
    return { ok: false, difference: 'the case has no request or no response' };
  // The recordings left the role out; every mocked request had one.
  const given = { ...('mock' in request && { roleArn: RECORDED_ROLE }), ...request } as unknown as TestStateRequest;
  const answer = await testState(given, PORTS);
  const actual = answer.ok ? plain(answer.response) : plain(answer.error);
  const wanted = plain(recordedError(expected) ?? expected);
  const difference = firstDifference(canonical(actual), canonical(wanted), { isSame: isSameHere });
  return difference === undefined ? { ok: true } : { ok: false, difference };
}

/** Equal, or the recording has a placeholder there, or the request was recorded before its own value was known. */
function isSameHere(actual: Json | undefined, expected: Json | undefined): boolean {
  const isUnknown = typeof actual === 'string' && /^localstack\.[\w.]+\(\)$/.test(actual);
  return isUnknown || isSame(actual, expected);
}
