/** Codes of rules about what policies mean (XIL030 and up): undo, probe, fallback, lock, and what is left unsaid. */
import type { Place } from '../../model/diagnostic.ts';
import type { Wording } from '../code.ts';
import { counted, listed, nearest, quoted } from '../words.ts';

const ticked = (name: string): string => `\`${name}\``;

export const xilRuleCodes = {
  XIL044: {
    slug: 'cache-on-effect',
    severity: 'error',
    title: 'Only a step that reads has a `cache`',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `Step ${quoted(stepId)} changes something, and has a \`cache\``,
      value: 'cache',
      notes: [`An answer that is used again would stand for a request of ${operation} that was not made.`],
      fix: 'Remove `cache`.',
    }),
  },
  XIL030: {
    slug: 'policy-on-safe-step',
    severity: 'error',
    title: 'Only a step that changes something is undone or probed',
    say: ({ stepId, key, operation }: { stepId: string; key: string; operation: string }): Wording => ({
      headline: `Step ${quoted(stepId)} only reads, and has a ${ticked(key)}`,
      value: key,
      notes: [`${operation} changes nothing, so there is nothing to undo and nothing to ask after.`],
      fix: `Remove ${ticked(key)}.`,
    }),
  },
  XIL031: {
    slug: 'policy-on-workflow-step',
    severity: 'error',
    title: 'What is said of a request or its effect stands at the step that makes it',
    say: ({ stepId, key, workflowId }: { stepId: string; key: string; workflowId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} calls a workflow, and has a ${ticked(key)}`,
      value: key,
      notes: [
        `Each step of workflow ${quoted(workflowId)} makes a request of its own, and is undone, probed and limited by itself.`,
      ],
      fix: `Move ${ticked(key)} to the steps of ${quoted(workflowId)} that it is meant for.`,
    }),
  },
  XIL032: {
    slug: 'probe-not-safe',
    severity: 'error',
    title: 'A probe calls an operation that changes nothing',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `The probe of step ${quoted(stepId)} calls ${operation}, which changes something`,
      value: operation,
      notes: ['A probe is asked as often as is needed, also for effects that never happened.'],
      fix: 'Name an operation that reads (GET, HEAD or QUERY).',
    }),
  },
  XIL033: {
    slug: 'probe-missing',
    severity: 'error',
    title: '`whenInDoubt: probe` has a probe',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} shall be probed in doubt, but has no probe`,
      value: 'probe',
      notes: ['A probe is a read that tells whether the effect happened.'],
      fix: 'Add `x-interlock.probe` to the step, or write `whenInDoubt: ask` under `compensate`.',
    }),
  },
  XIL034: {
    slug: 'output-in-doubt',
    severity: 'error',
    title: 'An undo for an effect in doubt reads nothing that only its answer would give',
    say: ({
      stepId,
      outputs,
      way,
      given,
    }: {
      stepId: string;
      outputs: readonly string[];
      way: 'undo' | 'probe';
      given: readonly string[];
    }): Wording => ({
      headline: `The undo of step ${quoted(stepId)} reads ${listed(outputs.map(quoted))}, which ${outputs.length === 1 ? 'is' : 'are'} not there in doubt`,
      value: [...outputs],
      notes: [
        'In doubt the request was sent and not answered, so the step has no outputs of its own.',
        way === 'probe'
          ? 'Where a probe finds that the effect happened, the outputs of the probe stand in for the outputs of the step.'
          : 'With `whenInDoubt: undo` it is undone without anybody having looked.',
      ],
      fix:
        way === 'probe'
          ? probeFix(outputs, given)
          : 'Undo it by an input or by `$request.header.Idempotency-Key`, or add a probe and write `whenInDoubt: probe`.',
    }),
  },
  XIL035: {
    slug: 'policy-read-unavailable',
    severity: 'error',
    title: 'A policy reads what there is when it is applied',
    say: ({ text, why, fix }: { text: string; why: string; fix: string }): Wording => ({
      headline: `${quoted(text)} cannot be read here: ${why}`,
      value: text,
      notes: [
        'An undo reads inputs, outputs of its step and of earlier ones, and the key; a probe and a fallback read inputs and earlier outputs; a lock reads inputs.',
      ],
      fix,
    }),
  },
  XIL036: {
    slug: 'undo-workflow-not-straight',
    severity: 'error',
    title: 'A workflow that undoes a step runs straight from its first step to its last',
    say: ({
      workflowId,
      stepId,
      what,
      used,
    }: {
      workflowId: string;
      stepId: string;
      what: string;
      used: Place | undefined;
    }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} undoes step ${quoted(stepId)}, but ${what}`,
      value: workflowId,
      notes: [
        ...(used ? [{ text: 'It is named here.', place: used }] : []),
        'Its calls are made one after another, each repeated until it is done or left to an operator; nothing is chosen on the way, and nothing undoes an undo.',
      ],
      fix: 'Write a workflow for the undo alone, with plain steps.',
    }),
  },
  XIL037: {
    slug: 'undo-changes-nothing',
    severity: 'error',
    title: 'An undo calls an operation that changes something',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `The undo of step ${quoted(stepId)} calls ${operation}, which changes nothing`,
      value: operation,
      notes: ['What only reads leaves the effect where it is.'],
      fix: 'Name the operation that undoes it; where something must be read first, name a workflow that does both.',
    }),
  },
  XIL038: {
    slug: 'fallback-step-unfit',
    severity: 'error',
    title: 'The step of a fallback reads from the same system',
    say: ({ stepId, of, why }: { stepId: string; of: string; why: string }): Wording => ({
      headline: `Step ${quoted(stepId)} cannot stand in for step ${quoted(of)}: ${why}`,
      value: stepId,
      notes: [
        'The request is made in place of the failed one, by the function of its system, with the credentials of that system alone; nothing of it is undone when the run fails later.',
      ],
      fix: 'Name a step that reads from the same system, write `outputs`, or go on at the other step by an `onFailure` action.',
    }),
  },
  XIL039: {
    slug: 'fallback-outputs-differ',
    severity: 'warning',
    title: 'A fallback gives the outputs that its step gives',
    say: ({
      stepId,
      missing,
      unknown,
    }: {
      stepId: string;
      missing: readonly string[];
      unknown: readonly string[];
    }): Wording => ({
      headline:
        missing.length > 0
          ? `The fallback of step ${quoted(stepId)} does not give ${listed(missing.map(quoted))}`
          : `The fallback of step ${quoted(stepId)} gives ${listed(unknown.map(quoted))}, which the step has not`,
      value: [...missing, ...unknown],
      notes: ['Whoever reads the outputs of the step reads those of its fallback when it failed.'],
      fix:
        missing.length > 0
          ? `Add ${counted(missing.length, 'output')} to it: ${listed(missing.map(quoted))}.`
          : `Remove ${listed(unknown.map(quoted))}, or give the step an output of that name.`,
    }),
  },
  XIL040: {
    slug: 'effect-without-undo',
    severity: 'warning',
    title: 'A step that changes something says how it is undone',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `Nothing says how to undo step ${quoted(stepId)}`,
      value: stepId,
      notes: [
        `${operation} changes something; when a later step fails, the effect stays and the run ends as needs-attention.`,
      ],
      fix: 'Add `x-interlock.compensate` with the operation that undoes it, or `compensate: { none: <why it may stay> }`.',
    }),
  },
  XIL041: {
    slug: 'effect-in-doubt',
    severity: 'warning',
    title: 'A lost answer has a way out that needs no operator',
    say: ({ stepId, operation, isUndo }: { stepId: string; operation: string; isUndo: boolean }): Wording => ({
      headline: `When the answer to step ${quoted(stepId)} is lost, only an operator can tell whether it happened`,
      value: stepId,
      notes: [`${operation} may not be repeated in doubt, since that could do it twice.`],
      fix: isUndo
        ? 'Declare `idempotency` if the system recognises a repeated request by a key, or `idempotency: natural` if the undo made again does no harm.'
        : 'Add a `probe`, declare `idempotency` if the system recognises a repeated request by a key (`natural` if the request made again changes nothing more), or write `whenInDoubt: undo` under `compensate` if the undo is harmless without the effect.',
    }),
  },
  XIL042: {
    slug: 'effects-unprotected',
    severity: 'warning',
    title: 'A workflow that changes something says what becomes of it when a later step fails',
    say: ({ workflowId, stepIds }: { workflowId: string; stepIds: readonly string[] }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} may fail after ${counted(stepIds.length, 'step')} that nothing says how to undo`,
      value: [...stepIds],
      notes: [
        `${stepIds.length === 1 ? 'It is' : 'They are'} ${listed(stepIds.map(quoted), 'and', 6)}. A run that fails later ends as needs-attention, and names what stands to an operator.`,
      ],
      fix: 'Add `x-interlock.compensate` to these steps; see docs/undo.md.',
    }),
  },
  XIL043: {
    slug: 'idempotency-undeclared',
    severity: 'warning',
    title: 'A step whose operation takes an Idempotency-Key says that it may be repeated',
    say: ({ stepId, operation }: { stepId: string; operation: string }): Wording => ({
      headline: `Step ${quoted(stepId)} could be repeated in doubt: ${operation} takes an Idempotency-Key`,
      value: stepId,
      notes: [
        'The key is always sent, but a request is repeated in doubt only where the author says that the system recognises it.',
      ],
      fix: 'Add `idempotency: { header: Idempotency-Key }`, with the `retention` that the system promises.',
    }),
  },
  XIL050: {
    slug: 'item-unavailable',
    severity: 'error',
    title: '`$item` is read where an item is done',
    say: ({ text, why }: { text: string; why: string }): Wording => ({
      headline: `${quoted(text)} cannot be read here: ${why}`,
      value: text,
      notes: [
        '`$item` is the item that a step with `forEach` is done for now: its own request, criteria and outputs read it, and what undoes, probes or replaces it.',
      ],
      fix: 'Read it in the step that has the `forEach`; others read `$steps.<stepId>.outputs.<name>`, a list.',
    }),
  },
  XIL051: {
    slug: 'for-each-unfit',
    severity: 'error',
    title: 'A step that is done for each item of a list is left when all of them are done',
    say: ({ stepId, why, fix }: { stepId: string; why: string; fix: string }): Wording => ({
      headline: `Step ${quoted(stepId)} is done for each item of a list, and ${why}`,
      value: stepId,
      notes: [
        'Its items are done beside each other. One that fails is tolerated (`tolerate`) or fails the run: the others do not begin, and those that are done are undone.',
      ],
      fix,
    }),
  },
  XIL052: {
    slug: 'poll-unfit',
    severity: 'error',
    title: 'What a step has begun is asked after by reads, behind that step alone',
    say: ({ stepId, why, fix }: { stepId: string; why: string; fix: string }): Wording => ({
      headline: `Step ${quoted(stepId)} has a \`poll\`, and ${why}`,
      value: stepId,
      notes: [
        'The step is answered when something has begun; then the operation of its `poll` is called again and again, until `until` holds. Only then the step is over.',
      ],
      fix,
    }),
  },
  XIL053: {
    slug: 'interaction-unfit',
    severity: 'error',
    title: 'A person is asked once before a step, by approval, form or acknowledgement',
    say: ({ stepId, why, fix }: { stepId: string; why: string; fix: string }): Wording => ({
      headline: `Step ${quoted(stepId)} waits for a person, and ${why}`,
      value: stepId,
      notes: ['The step waits before its request is made; what the person says decides whether it is.'],
      fix,
    }),
  },
  XIL054: {
    slug: 'interaction-unavailable',
    severity: 'error',
    title: '`$interaction` is read in the step that waits for a person',
    say: ({ text, why }: { text: string; why: string }): Wording => ({
      headline: `${quoted(text)} cannot be read here: ${why}`,
      value: text,
      notes: [
        'What a person said is known to the step that waited: its request, criteria, actions and outputs read it.',
      ],
      fix: 'Make it an output of that step, and read `$steps.<stepId>.outputs.<name>`.',
    }),
  },
  XIL055: {
    slug: 'slo-unfit',
    severity: 'error',
    title: 'A promise says what is promised, over some weeks, and can be broken',
    say: ({ whose, why, fix }: { whose: string; why: string; fix: string }): Wording => ({
      headline: `The \`slo\` of ${whose} ${why}`,
      value: whose,
      notes: [
        'Alarms ring when what may fail within its window is used up too fast; a promise that nothing can break never rings, and one over a few hours rings at what it allows.',
      ],
      fix,
    }),
  },
  XIL056: {
    slug: 'system-dependency-cycle',
    severity: 'error',
    title: 'No system depends on itself, through others or not',
    say: ({ names }: { names: readonly string[] }): Wording => ({
      headline:
        names.length <= 2
          ? `System ${quoted(names[0] ?? '')} depends on itself`
          : `Systems depend on each other in a circle: ${names.join(' -> ')}`,
      value: [...names],
      notes: [
        'When one of them is down, `dependsOn` says where to look first: at the system that is down and depends on none that is. In a circle there is none.',
      ],
      fix: 'Leave out the dependency that the others can do without.',
    }),
  },
  XIL057: {
    slug: 'health-unfit',
    severity: 'error',
    title: 'A system is asked after its health by what changes nothing, for no run',
    say: ({ name, why, fix }: { name: string; why: string; fix: string }): Wording => ({
      headline: `The health of system ${quoted(name)} cannot be asked for so: ${why}`,
      value: name,
      notes: ['It is asked by the clock, again and again, whether a run calls the system or none does.'],
      fix,
    }),
  },
} as const;

/** An output of the probe that is named nearly so is meant. */
function probeFix(outputs: readonly string[], given: readonly string[]): string {
  const [only, ...others] = outputs;
  const near = only !== undefined && others.length === 0 ? nearest(only, given) : undefined;
  if (only !== undefined && near !== undefined) return `Call the output ${quoted(near)} of the probe ${quoted(only)}.`;
  const wanted = `${outputs.length === 1 ? 'an output' : 'outputs'} ${listed(outputs.map(quoted))}`;
  return `Give the probe ${wanted}, or write \`whenInDoubt: ask\` under \`compensate\`.`;
}
