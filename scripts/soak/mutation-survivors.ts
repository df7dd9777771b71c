/** Why a mutant may survive: what was dropped is said a second time elsewhere, or nothing that a rehearsal plays needs it. */

const REASONS: readonly (readonly [what: RegExp, why: string])[] = [
  [
    /^run .*: Catch \d+ States\.ALLSettle$/,
    'the execution then ends by the error itself, and what is told of its end has the undo machine settle the run: the same end by another execution',
  ],
  [
    /: Catch \d+: Assign why$/,
    'the run then names States.TaskFailed in place of the error that failed the task: promises are about effects, and the goldens hold the Assign',
  ],
  [
    /^finish does not ask who has settled \[15\]$/,
    'who does not compensate was refused already at each verdict and undo before; with all four conditions out together, the mutant is killed',
  ],
  [
    /^plan (?:create-shipment -> notify-customer|reserve-stock -> check-fraud|check-fraud -> capture-payment) /,
    'the author accepts that this effect stays: it is neither undone nor waited for, so nothing follows from its place',
  ],
  [
    /Dead letter: (?:Catch \d+ States\.ALLEnded|Retry \d+ States\.ALL)$/,
    'the queue of a rehearsal takes every letter; whether one was sent decides nothing, since the run itself says that it needs attention',
  ],
  [
    /Undo: Retry \d+ Interlock\.StaleEpoch,Interlock\.RunInvalid$/,
    'what is stale is then asked about again by the retry behind it, and refused each time: it costs tries, and changes nothing',
  ],
];

export function reasonOf(name: string): string | undefined {
  return REASONS.find(([what]) => what.test(name))?.[1];
}
