/** What a verification says: per system and per deployed stack a list of checks, each with its verdict and what to do. */

/** From best to worst, but for what was not looked at. */
export type Verdict = 'ok' | 'not-checked' | 'warning' | 'failed';

export interface Check {
  /** What was looked at: `reachable`, `tls`, `authentication`, `GET /rates`. */
  readonly name: string;
  readonly verdict: Verdict;
  /** In a sentence without a value of anybody. */
  readonly says: string;
  readonly fix?: string;
}

export interface Checked {
  readonly name: string;
  /** Where: a server without what may be a credential in it, or a stack. */
  readonly at: string;
  readonly checks: readonly Check[];
}

export function ok(name: string, says: string): Check {
  return { name, verdict: 'ok', says };
}

export function failed(name: string, says: string, fix?: string): Check {
  return { name, verdict: 'failed', says, ...(fix !== undefined && { fix }) };
}

export function warning(name: string, says: string, fix?: string): Check {
  return { name, verdict: 'warning', says, ...(fix !== undefined && { fix }) };
}

export function notChecked(name: string, says: string, fix?: string): Check {
  return { name, verdict: 'not-checked', says, ...(fix !== undefined && { fix }) };
}

export function hasFailed(checked: readonly Checked[]): boolean {
  return checked.some(({ checks }) => checks.some(({ verdict }) => verdict === 'failed'));
}

export function isWarned(checked: readonly Checked[]): boolean {
  return checked.some(({ checks }) => checks.some(({ verdict }) => verdict === 'warning'));
}
