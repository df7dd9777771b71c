/**
 * Task tokens: opaque to whoever answers, but they name the execution and the attempt, so that an answer finds its way
 * without a table, also after a restart. The nonce, drawn from the recorded seed, keeps them from being guessed.
 */
import type { WaitId } from './event.ts';

export interface TokenParts {
  readonly executionId: string;
  readonly task: WaitId;
  readonly nonce: string;
}

export function taskToken({ executionId, task, nonce }: TokenParts): string {
  return Buffer.from(JSON.stringify([executionId, task, nonce])).toString('base64url');
}

/** null: not a token of ours. */
export function readTaskToken(token: string): TokenParts | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== 3 || parts.some((part) => typeof part !== 'string')) return null;
    const [executionId, task, nonce] = parts as [string, string, string];
    return { executionId, task, nonce };
  } catch {
    return null;
  }
}
