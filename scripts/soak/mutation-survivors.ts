/** Why a mutant may survive: what was dropped is said a second time elsewhere, or nothing that a rehearsal plays needs it. */

const REASONS: readonly (readonly [what: RegExp, why: string])[] = [
  [
    /^run .*: Catch \d+ States\.ALLSettle$/,
    'the execution then ends by the error itself, and what is told of its end has the undo machine settle the run: the same end by another execution',
  ],
];

export function reasonOf(name: string): string | undefined {
  return REASONS.find(([what]) => what.test(name))?.[1];
}
