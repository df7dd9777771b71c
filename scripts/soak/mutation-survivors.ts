/** Why a mutant may survive: what was dropped is said a second time elsewhere, or nothing that a rehearsal plays needs it. */

const REASONS: readonly (readonly [what: RegExp, why: string])[] = [];

export function reasonOf(name: string): string | undefined {
  return REASONS.find(([what]) => what.test(name))?.[1];
}
