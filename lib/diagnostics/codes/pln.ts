/** Codes of planning: what the description says, but a plan cannot express. */
import type { Place } from '../../model/diagnostic.ts';
import type { Wording } from '../code.ts';
import { quoted } from '../words.ts';

export const plnCodes = {
  PLN002: {
    slug: 'workflow-calls-itself',
    severity: 'error',
    title: 'A workflow does not call itself, directly or through others',
    say: ({ workflowId, chain }: { workflowId: string; chain: readonly string[] }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} calls itself`,
      value: workflowId,
      notes: [
        `The calls lead back to it: ${[...chain, workflowId].map((id) => quoted(id)).join(' -> ')}.`,
        'A sub-workflow is compiled into its caller, so a call of itself would have no end.',
      ],
      fix: 'Use a `goto` to repeat the workflow, or take the repeated part out into steps of its own.',
    }),
  },
  PLN003: {
    slug: 'plan-too-large',
    severity: 'error',
    title: 'A plan stays within 1,000 steps, sub-workflows included',
    say: ({ workflowId, limit }: { workflowId: string; limit: number }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} has more than ${limit} steps once its sub-workflows are written out`,
      value: workflowId,
      notes: ['Sub-workflows are compiled into their callers, so a workflow called at many places counts at each.'],
      fix: 'Split the work into workflows that are run one by one.',
    }),
  },
  PLN004: {
    slug: 'goto-workflow-inside-subworkflow',
    severity: 'error',
    title: 'A goto to a workflow stands in the workflow that is run, not in a sub-workflow of it',
    say: ({ action, workflowId }: { action: string; workflowId: string }): Wording => ({
      headline: `Action ${quoted(action)} leaves a sub-workflow for workflow ${quoted(workflowId)}`,
      value: action,
      notes: [
        'A `goto` to a workflow gives up the rest of its own. Inside a sub-workflow its caller would wait for outputs that never come.',
      ],
      fix: 'Call the workflow by a step with `workflowId`, or move the goto to the calling workflow.',
    }),
  },
  PLN005: {
    slug: 'parallel-not-used',
    severity: 'warning',
    title: 'A workflow with x-interlock.parallel has no action that jumps',
    say: ({ workflowId, action, by }: { workflowId: string; action: string; by: Place }): Wording => ({
      headline: `Workflow ${quoted(workflowId)} asks for parallel steps but runs one after the other`,
      value: workflowId,
      notes: [
        { text: `Action ${quoted(action)} leads to another step or ends the workflow early.`, place: by },
        'Steps that run beside each other cannot lead into one another, so such a workflow keeps the order of its steps.',
      ],
      fix: 'Move the steps that lead elsewhere into a sub-workflow, or drop `parallel`.',
    }),
  },
  PLN006: {
    slug: 'repair-is-subworkflow-step',
    severity: 'error',
    title: 'The repair step of a retry calls an operation',
    say: ({ action, stepId }: { action: string; stepId: string }): Wording => ({
      headline: `Retry ${quoted(action)} repairs by step ${quoted(stepId)}, which calls a workflow`,
      value: stepId,
      notes: ['A retry names what runs first by `stepId` (one operation) or by `workflowId` (a whole workflow).'],
      fix: 'Give the retry the `workflowId` of that step in place of its `stepId`.',
    }),
  },
  PLN007: {
    slug: 'system-names-collide',
    severity: 'error',
    title: 'Two sources of a workflow do not get the same function name',
    say: ({ name, other, first }: { name: string; other: string; first: Place }): Wording => ({
      headline: `Source descriptions ${quoted(other)} and ${quoted(name)} would share one function name`,
      value: name,
      notes: [
        { text: 'First used here.', place: first },
        'Each system has a call function of its own; its name is made of the letters and digits of the source description.',
      ],
      fix: 'Rename one of the two source descriptions.',
    }),
  },
  PLN008: {
    slug: 'step-takes-too-long',
    severity: 'error',
    title: "A step's attempts fit into 14 minutes",
    say: ({ stepId, seconds }: { stepId: string; seconds: number }): Wording => ({
      headline: `Step ${quoted(stepId)} may take ${seconds} s with all its attempts`,
      value: stepId,
      notes: ['The attempts of one visit run in one invocation of a function, which ends after 15 minutes.'],
      fix: 'Lower its timeouts or attempts, or repeat it by a `retry` action, which waits outside the function.',
    }),
  },
  PLN009: {
    slug: 'goto-workflow-repeats-with-parameters',
    severity: 'error',
    title: 'A goto with parameters does not lead back to itself',
    say: ({ action, workflowId }: { action: string; workflowId: string }): Wording => ({
      headline: `Action ${quoted(action)} leads to workflow ${quoted(workflowId)} again and again with new parameters`,
      value: action,
      notes: ['Each passage would need inputs of its own, without end. A goto without parameters may repeat.'],
      fix: 'Drop the parameters of the goto, or loop over steps inside one workflow.',
    }),
  },
  PLN010: {
    slug: 'depends-on-step-not-passed',
    severity: 'warning',
    title: 'A step of another workflow that is waited for is passed in this run',
    say: ({ stepId, text }: { stepId: string; text: string }): Wording => ({
      headline: `Step ${quoted(stepId)} waits for ${quoted(text)}, which this run never passes`,
      value: text,
      notes: [
        '`dependsOn` waits for a step; it never starts one. A run passes the steps of its workflow, of those that its steps call, and of those that it depends on.',
        'The step is run without waiting.',
      ],
      fix: 'Call that workflow by a step before this one, or name it in `dependsOn` of the workflow.',
    }),
  },
  PLN011: {
    slug: 'criteria-after-parallel-end',
    severity: 'error',
    title: 'A workflow step with criteria calls a workflow that ends in one step',
    say: ({ stepId }: { stepId: string }): Wording => ({
      headline: `Step ${quoted(stepId)} judges a workflow that ends in parallel steps`,
      value: stepId,
      notes: [
        'Criteria of a workflow step are judged when its last step ends; after parallel steps there is no last one.',
      ],
      fix: 'Drop the criteria, or let the called workflow end in one step that waits for the others (`dependsOn`).',
    }),
  },
  PLN012: {
    slug: 'depends-on-later-step',
    severity: 'error',
    title: 'A step does not wait for a step of another workflow that has to come after it',
    say: ({ stepId, text }: { stepId: string; text: string }): Wording => ({
      headline: `Step ${quoted(stepId)} waits for ${quoted(text)}, which has to come after it`,
      value: text,
      notes: [
        'A workflow that is called by a step is passed as a whole: what waits inside one and inside another cannot go both ways.',
      ],
      fix: 'Remove one of the two waits, or split one of the workflows.',
    }),
  },
  PLN013: {
    slug: 'express-waits-for-others',
    severity: 'error',
    title: 'An express workflow waits for nobody but the systems that it calls',
    say: (facts: { workflowId: string; stepId?: string; what: string; mode: Place }): Wording => ({
      headline: `${facts.stepId === undefined ? 'A run' : `Step ${quoted(facts.stepId)}`} waits for ${facts.what}, and workflow ${quoted(facts.workflowId)} is express`,
      value: facts.stepId ?? facts.workflowId,
      notes: [
        { text: `Workflow ${quoted(facts.workflowId)} is express here.`, place: facts.mode },
        'An express execution ends after five minutes and can begin again; nobody else can wake it or find it waiting.',
      ],
      fix: 'Leave out `mode: express`, or move what waits to a workflow of its own that is standard.',
    }),
  },
  PLN014: {
    slug: 'express-time-used-up',
    severity: 'error',
    title: 'The deadline of an express workflow leaves time for the step that begins last',
    say: (facts: {
      workflowId: string;
      stepId: string;
      seconds: number;
      deadline?: string;
      latest?: string;
    }): Wording => ({
      headline:
        facts.deadline === undefined
          ? `Step ${quoted(facts.stepId)} may take ${facts.seconds} s with all its attempts, and workflow ${quoted(facts.workflowId)} is express`
          : `Deadline ${facts.deadline} of express workflow ${quoted(facts.workflowId)} leaves too little of five minutes`,
      value: facts.deadline ?? facts.stepId,
      notes: [
        'An express execution ends after five minutes, wherever it is.',
        `What begins right before the deadline may use its time: step ${quoted(facts.stepId)} up to ${facts.seconds} s; 10 s are for the end of the run.`,
      ],
      fix:
        facts.latest === undefined
          ? 'Lower its timeouts or attempts, or leave out `mode: express`.'
          : `Write \`deadline: ${facts.latest}\` or less, lower the timeouts or attempts of step ${quoted(facts.stepId)}, or leave out \`mode: express\`.`,
    }),
  },
  PLN015: {
    slug: 'express-wait-too-long',
    severity: 'error',
    title: 'A wait of an express workflow ends before its deadline',
    say: (facts: { workflowId: string; stepId: string; what: string; wait: string; deadline: string }): Wording => ({
      headline: `Step ${quoted(facts.stepId)} ${facts.what} ${facts.wait}, and express workflow ${quoted(facts.workflowId)} has ${facts.deadline}`,
      value: facts.stepId,
      notes: ['The deadline of an express run comes within five minutes; a wait that ends after it leads nowhere.'],
      fix: 'Wait for less, or leave out `mode: express`.',
    }),
  },
  PLN016: {
    slug: 'name-too-long',
    severity: 'error',
    title: 'A workflow is called by at most 128 bytes, and a step with the workflows around it by 512',
    say: ({
      what,
      name,
      bytes,
      most,
    }: {
      what: 'workflow' | 'step';
      name: string;
      bytes: number;
      most: number;
    }): Wording => ({
      headline:
        what === 'workflow'
          ? `The id of a workflow has ${bytes} bytes, and ${most} at most are a name`
          : `A step's path has ${bytes} bytes, and ${most} at most are a name`,
      value: name,
      notes: [
        what === 'workflow'
          ? 'Files, metrics and machines are named by it.'
          : `The path is ${quoted(name)}: the step with the workflows that call it. Records of a run are kept under it, and a key of a table is bounded.`,
      ],
      fix: 'Choose a shorter id; what it means belongs in `summary` or `description`.',
    }),
  },
} as const;
