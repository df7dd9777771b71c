/** Codes of risks (`interlock analyze`): what a run would do when something goes wrong, and what it would do better with. */
import type { Wording } from '../code.ts';
import { counted, listed, quoted } from '../words.ts';

interface OfStep {
  readonly stepId: string;
  readonly operation: string;
}

export const rskCodes = {
  RSK001: {
    slug: 'effect-never-undone',
    severity: 'warning',
    title: 'An effect that others may fail after can be undone',
    say: ({ stepId, operation, later }: OfStep & { later: readonly string[] }): Wording => ({
      headline: `What step ${quoted(stepId)} does stands when a later step fails`,
      value: stepId,
      notes: [
        `${operation} changes something, nothing says how to undo it, and ${listed(later.map(quoted), 'and', 4)} may still fail.`,
        'Such a run ends as needs-attention: an operator has to take the effect back by hand, each time.',
      ],
      fix: 'Add `x-interlock.compensate` with the operation that undoes it, or `compensate: { none: <why it may stay> }`.',
    }),
  },
  RSK002: {
    slug: 'doubt-without-probe',
    severity: 'warning',
    title: 'A lost answer can be looked into without an operator',
    say: ({ stepId, operation }: OfStep): Wording => ({
      headline: `Nobody can tell whether step ${quoted(stepId)} happened when its answer is lost`,
      value: stepId,
      notes: [
        `${operation} must not be repeated in doubt, since that could do it twice, and no probe asks after it.`,
        'Every timeout, reset and 5xx of it ends the run as needs-attention.',
      ],
      fix: 'Add a `probe`, declare `idempotency` if the system recognises a repeated request by a key (`natural` if the request made again changes nothing more), or write `whenInDoubt: undo` under `compensate` if the undo is harmless without the effect.',
    }),
  },
  RSK003: {
    slug: 'undo-needs-answer',
    severity: 'info',
    title: 'An undo can be made although the answer of its step was lost',
    say: ({ stepId, outputs }: { stepId: string; outputs: readonly string[] }): Wording => ({
      headline: `The undo of step ${quoted(stepId)} reads ${listed(outputs.map(quoted))}, which a lost answer never gives`,
      value: [...outputs],
      notes: [
        'The step is repeated in doubt, but when its attempts are used up nobody knows these outputs, and the undo is left to an operator.',
      ],
      fix: 'Add a `probe` with outputs of these names, or undo it by an input or by `$request.header.Idempotency-Key`.',
    }),
  },
  RSK004: {
    slug: 'timeout-undeclared',
    severity: 'info',
    title: 'How long a system may take is said',
    say: ({ systems, seconds }: { systems: readonly string[]; seconds: number }): Wording => ({
      headline: `Nothing says how long ${listed(systems, 'and', 6)} may take to answer`,
      value: [...systems],
      notes: [
        `Their calls wait for the default of ${seconds} s. A timeout that is too short makes doubts, one that is too long holds up the run.`,
      ],
      fix: 'Write `x-interlock: { timeouts: [<duration>] }` at each source description, by what the system is known to take.',
    }),
  },
  RSK005: {
    slug: 'retry-never-in-doubt',
    severity: 'warning',
    title: 'A retry action stands at a step that may be repeated',
    say: ({ stepId, operation, action }: OfStep & { action: string }): Wording => ({
      headline: `Retry ${quoted(action)} does not repeat step ${quoted(stepId)} when its answer is lost`,
      value: action,
      notes: [
        `${operation} may not be repeated in doubt without a key that its system recognises, so the retry is taken only for refusals, 429 and what was never sent.`,
        'For a timeout or a 5xx, which most retries are written for, the run fails at once and is undone.',
      ],
      fix: 'Declare `idempotency: { header: Idempotency-Key }` if the system recognises repeated requests, or give the retry criteria on the status codes that it is meant for.',
    }),
  },
  RSK006: {
    slug: 'key-forgotten-too-early',
    severity: 'warning',
    title: 'A system remembers a key for as long as it may be sent again',
    say: ({ stepId, retention, horizon }: { stepId: string; retention: string; horizon: string }): Wording => ({
      headline: `Step ${quoted(stepId)} may be repeated for ${horizon}, but its key is remembered for ${retention}`,
      value: stepId,
      notes: [
        'After that the system takes a repeated request for a new one. Interlock then no longer repeats it, so these attempts are never made.',
      ],
      fix: 'Write the `retention` that the system really promises, or fewer attempts and shorter waits.',
    }),
  },
  RSK007: {
    slug: 'deadline-too-short',
    severity: 'warning',
    title: 'A deadline leaves time for what the steps may take',
    say: ({
      workflowId,
      deadline,
      worst,
      path,
    }: {
      workflowId: string;
      deadline: string;
      worst: string;
      path: readonly string[];
    }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} may take ${worst}, and has ${deadline}`,
      value: workflowId,
      notes: [
        `At worst its steps wait one after another (${listed(path.map(quoted), 'and', 6)}), each until its last attempt times out.`,
        'At the deadline a run that still goes on is fenced and undone, although every step kept to its own limits.',
      ],
      fix: 'Raise `x-interlock.deadline`, or lower timeouts, attempts and retry limits of the longest steps.',
    }),
  },
  RSK008: {
    slug: 'undo-budget-too-short',
    severity: 'warning',
    title: 'An undo has time for one full round',
    say: ({ stepId, budget, round }: { stepId: string; budget: string; round: string }): Wording => ({
      headline: `The undo of step ${quoted(stepId)} may need ${round} for one round, and has ${budget}`,
      value: stepId,
      notes: ['When the budget is used up, the undo is left to an operator, although it might still have succeeded.'],
      fix: 'Raise `compensate.retry.budget`, or lower the timeouts of the undo.',
    }),
  },
  RSK009: {
    slug: 'probe-never-says-no',
    severity: 'info',
    title: 'A probe can find that nothing happened',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `The probe of step ${quoted(stepId)} can find its effect, but not its absence`,
      value: stepId,
      notes: [
        'It has no `absent` criteria, so where nothing happened the doubt stays, and the run ends as needs-attention.',
      ],
      fix: 'Add `absent` to the probe: criteria that hold only where the effect did not happen.',
    }),
  },
  RSK010: {
    slug: 'overload-undocumented',
    severity: 'info',
    title: 'A document says how its system answers under load and in trouble',
    say: ({ system, operations }: { system: string; operations: readonly string[] }): Wording => ({
      headline: `The document of ${system} names no 429 and no 5xx for ${counted(operations.length, 'operation')}`,
      value: [...operations],
      notes: [
        `${operations.length === 1 ? 'It is' : 'They are'} ${listed([...operations], 'and', 4)}. Every system answers so some day: 429 is repeated, a 5xx is a doubt. What else it means there (Retry-After, an effect that is kept) nobody has written down.`,
      ],
      fix: 'Ask who runs the system, and add the answers to its document.',
    }),
  },
  RSK011: {
    slug: 'undo-not-repeatable',
    severity: 'warning',
    title: 'An undo may be repeated when its answer is lost',
    say: ({ stepId, operation }: OfStep): Wording => ({
      headline: `The undo of step ${quoted(stepId)} may not be repeated when its answer is lost`,
      value: stepId,
      notes: [
        `${operation} is neither PUT nor DELETE and has no key that its system recognises. An undo has no probe, so a lost answer leaves it to an operator.`,
      ],
      fix: 'Declare `idempotency: { header: Idempotency-Key }` in `compensate` if the system recognises a repeated request.',
    }),
  },
  RSK012: {
    slug: 'loop-without-limit',
    severity: 'info',
    title: 'A loop has an end of its own',
    say: ({ stepId, action, budget }: { stepId: string; action: string; budget: number }): Wording => ({
      headline: `Action ${quoted(action)} of step ${quoted(stepId)} may lead back again and again`,
      value: action,
      notes: [`Nothing in it counts; after ${budget} steps the run is ended as failed, and undone.`],
      fix: 'Use a `retry` with `retryLimit`, or give the action criteria that stop holding.',
    }),
  },
  RSK013: {
    slug: 'quota-near',
    severity: 'warning',
    title: 'A machine and its payloads stay well within the quotas of Step Functions',
    say: ({ what, size, quota, fix }: { what: string; size: string; quota: string; fix: string }): Wording => ({
      headline: `${what} comes to ${size} of ${quota}`,
      notes: ['Beyond the quota the machine cannot be deployed, or its runs fail where no handler can see it.'],
      fix,
    }),
  },
  RSK014: {
    slug: 'effect-made-early',
    severity: 'info',
    title: 'What nobody takes back is done when little is left that may fail',
    say: ({ stepId, later }: { stepId: string; later: readonly string[] }): Wording => ({
      headline: `Step ${quoted(stepId)} stays whatever happens, and is done before ${listed(later.map(quoted), 'and', 4)}`,
      value: stepId,
      notes: [
        `When ${later.length === 1 ? 'it fails' : 'one of them fails'}, the effect was for nothing; none of them reads what it gives.`,
      ],
      fix: 'Move the step behind them, unless they need it in a way that the description does not say.',
    }),
  },
  RSK015: {
    slug: 'caller-timeout-too-short',
    severity: 'warning',
    title: 'Whoever waits for a workflow waits as long as its steps may take',
    say: ({
      stepId,
      workflowId,
      timeout,
      worst,
    }: {
      stepId: string;
      workflowId: string;
      timeout: string;
      worst: string;
    }): Wording => ({
      headline: `Step ${quoted(stepId)} gives workflow ${quoted(workflowId)} ${timeout}, and its steps may take ${worst}`,
      value: stepId,
      notes: [
        'Each step inside keeps to its own timeouts and attempts; together they may take longer than their caller says.',
      ],
      fix: 'Raise the timeout of the calling step, or lower those of the steps inside.',
    }),
  },
  RSK016: {
    slug: 'slo-beyond-systems',
    severity: 'warning',
    title: 'A workflow promises no more than the systems that it needs promise together',
    say: ({
      workflowId,
      promised,
      together,
      systems,
    }: {
      workflowId: string;
      promised: string;
      together: string;
      systems: readonly string[];
    }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} promises that ${promised} of its runs succeed, and its systems leave ${together}`,
      value: promised,
      notes: [
        `A run needs all of them: ${listed([...systems], 'and', 6)}. Where each only just keeps its promise and they fail at different times, that is what is left.`,
        'Repeating within a run helps against a lost request, and little against a system that is down for minutes: the budget would be used up although everybody kept to what was said.',
      ],
      fix: 'Promise less, agree on more with who runs the systems, or give a step a `fallback` or another way on in `onFailure`.',
    }),
  },
  RSK017: {
    slug: 'slo-too-fast',
    severity: 'warning',
    title: 'A workflow promises no less time than its longest way takes',
    say: ({
      workflowId,
      promise,
      takes,
      path,
      assumed,
      isSure,
    }: {
      workflowId: string;
      promise: string;
      takes: string;
      path: readonly string[];
      assumed: string;
      isSure: boolean;
    }): Wording => ({
      headline: isSure
        ? `Runs of ${quoted(workflowId)} take about ${takes} where all goes well, and ${promise} are promised`
        : `Runs of ${quoted(workflowId)} may take ${takes} by what its systems promise, and ${promise} are promised`,
      value: promise,
      notes: [
        `The longest way is ${listed(path.map(quoted), 'and', 6)}. ${
          isSure
            ? `Each call is taken to last ${assumed} (\`--latency\`).`
            : `Each call is taken to last as long as its system promises, and ${assumed} where it promises nothing (\`--latency\`).`
        }`,
      ],
      fix: 'Promise more time, do steps beside each other (`x-interlock.parallel: true`), or agree on faster answers.',
    }),
  },
  RSK018: {
    slug: 'slo-never-missed',
    severity: 'warning',
    title: 'A latency is promised that a call can miss',
    say: ({ system, below, timeout }: { system: string; below: string; timeout: string }): Wording => ({
      headline: `Calls of ${system} are promised within ${below}, and none is waited for longer than ${timeout}`,
      value: below,
      notes: [
        'A call that would be too slow is cut off first and counts as one without an answer. So this promise is kept whatever happens, and its alarm never rings.',
      ],
      fix: 'Promise less time than the timeouts give, or promise an `availability` instead.',
    }),
  },
  RSK019: {
    slug: 'failover-shares-dependency',
    severity: 'warning',
    title: 'Another way on does not depend on what has failed',
    say: ({
      stepId,
      action,
      target,
      systems: [system = '', other = ''],
      shared,
    }: {
      stepId: string;
      action: string;
      target: string;
      systems: readonly string[];
      shared: readonly string[];
    }): Wording => ({
      headline: `Where step ${quoted(stepId)} fails, ${quoted(action)} goes to ${quoted(target)}, and both need ${listed([...shared])}`,
      value: action,
      notes: [
        `${system} and ${other} are two systems with a point of failure in common, by what their \`dependsOn\` say. Where that is down, the second way fails as the first one did, only later.`,
      ],
      fix: 'Go on at a system that does not need it, or leave the other way out: the run then fails sooner, and is undone.',
    }),
  },
} as const;
