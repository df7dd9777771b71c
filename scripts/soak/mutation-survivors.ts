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
    /Undo: Retry \d+ Interlock\.StaleEpoch,Interlock\.RunInvalid$/,
    'what is stale is then asked about again by the retry behind it, and refused each time: it costs tries, and changes nothing',
  ],
  [
    /^run .*: Retry 0 Interlock\.Fenced,Interlock\.StaleEpoch,Interlock\.RunInvalid(?:,Interlock\.Locked)?$/,
    'who raised the fence has ended the execution, or settles the run before the retry behind it would ask again: it saves tries, and changes nothing',
  ],
  [
    /^run (?:verdict answered|quote-shipping): Retry 0 Interlock\.Leased$/,
    'what changes nothing has no lease, so nobody is told that somebody else has it',
  ],
  [/^run accounts\/welcome: Assign accounts_welcome$/, 'nobody reads what this step has given'],
  [
    /^apply does not ask for a verdict \[5\]$/,
    'an answer between the verdict and the end of the run takes several faults in a row: seeds of order-fulfilment draw them, those of customer-onboarding do not',
  ],
];

export function reasonOf(name: string): string | undefined {
  return REASONS.find(([what]) => what.test(name))?.[1];
}
