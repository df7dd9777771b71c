/** Names of state machines and executions, as the service takes them. */
import { Failure } from '../model/failure.ts';
import { NAME_LENGTH } from './quotas.ts';

/** Whitespace, brackets, wildcards, control characters and what else an ARN must not hold. */
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}]/u;

export function checkName(name: string, what: string): void {
  if (name.length > 0 && name.length <= NAME_LENGTH && !FORBIDDEN.test(name)) return;
  throw new Failure('InvalidName', `Invalid Name: '${name}'`, {
    kind: 'usage',
    remedy: `Give the ${what} a name of 1 to ${NAME_LENGTH} characters without whitespace, brackets, wildcards and the like.`,
  });
}

/**
 * The name of an execution that was given none: a version 7 UUID, made of a random one and the time. Names of one hour
 * lie together, so that an index over them grows at its end instead of everywhere.
 */
export function nameOfTime(time: number, uuid: string): string {
  const hex = Math.max(0, time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${uuid.slice(15)}`;
}
