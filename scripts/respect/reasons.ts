/**
 * Why the two tools may differ: each kind of difference that the specification explains, with the section that does, and how
 * it is told. A difference that none of them fits is unexplained, and one of the two is wrong. Where a document says
 * something that the standard does not have, we go on with the one reading that it can have, and warn; the other tool stops.
 */
import { isObject, type Json } from '../../lib/model/json.ts';
import type { Difference } from './differences.ts';
import type { Ran } from './ran.ts';

export interface Subject {
  readonly ours: Ran;
  readonly theirs: Ran;
  /** As the workflow writes its outputs, and those of its steps. */
  readonly outputs: readonly Json[];
}

export interface Explained extends Difference {
  /** Absent: nothing explains it. */
  readonly reason?: string;
}

export interface Reason {
  readonly id: string;
  /** Of Arazzo 1.1. */
  readonly section: string;
  readonly says: string;
  readonly fits: (difference: Difference, subject: Subject) => boolean;
}

/** What the other tool stopped at: what comes behind it is not compared. */
function stoppedAt(what: RegExp): Reason['fits'] {
  return (difference, { theirs }) => difference.in !== 'output' && theirs.why.some((why) => what.test(why));
}

export const REASONS: readonly Reason[] = [
  {
    id: 'missing-value',
    section: 'Runtime Expressions',
    says: 'A value that is not there: the standard does not say what it is. Here it is null and a note; there the step fails.',
    fits: stoppedAt(/Error in resolving runtime expression|Failed to resolve output/),
  },
  {
    id: 'loop-without-end',
    section: 'Success Action Object, goto',
    says: 'A goto that leads back for ever is legal, and each tool stops after a budget of its own.',
    fits: stoppedAt(/Max steps \(\d+\) reached/),
  },
  {
    id: 'operation-id-spelt-otherwise',
    section: 'Step Object, operationId',
    says: 'An id whose operation differs in case. Here the only one that can be meant is taken, with a warning (ARZ043).',
    fits: stoppedAt(/Unknown operationId/),
  },
  {
    id: 'path-as-id',
    section: 'Step Object, operationId and workflowId',
    says: 'A pointer where an id belongs. Here it is followed, with a warning (ARZ043).',
    fits: stoppedAt(/Unknown description name \S+#\/|Workflow \S+#\/\S+ not found/),
  },
  {
    id: 'operation-path',
    section: 'Step Object, operationPath',
    says: 'A source and a pointer to an operation. The braces and `~1` of the standard, and forms without them, are followed here.',
    fits: stoppedAt(/Unknown operationPath|"method" is required to make a request/),
  },
  {
    id: 'reference-without-outputs',
    section: 'Runtime Expressions, steps',
    says: '`$steps.<id>.<name>` lacks `.outputs`. Here it is read as if it had it, with a warning (ARZ103).',
    fits: (difference, subject) =>
      stoppedAt(/Runtime expression '\$steps\.[^.']+\.[^.']+' has no value/)(difference, subject) ||
      (difference.in === 'output' &&
        subject.outputs.some((one) => isText(one, /^\$steps\.[\w-]+\.(?!outputs\.)[\w-]+$/))),
  },
  {
    id: 'condition-beyond-the-grammar',
    section: 'Criterion Object, simple conditions',
    says: 'A condition that the grammar of expressions does not have (dots into a body, text without quotes). Here it is read, with a warning (ARZ103).',
    fits: stoppedAt(/Runtime expression is not valid/),
  },
  {
    id: 'jsonpath-of-the-context',
    section: 'Criterion Object, jsonpath',
    says: 'A query is asked of the context. There it is asked of a list that holds the context, so paths from its root select nothing.',
    fits: stoppedAt(/Checking jsonpath criteria/),
  },
  {
    id: 'dots-into-a-body',
    section: 'Runtime Expressions, body references',
    says: '`$response.body.a` is no expression of the grammar, which has pointers. Here it is the way into the value, with a warning (ARZ103); there it is a text.',
    fits: ({ in: where, theirs }) => where === 'output' && isText(theirs, /^\$(?:response|request)\.body\./),
  },
  {
    id: 'no-body',
    section: 'Runtime Expressions, body references',
    says: 'An answer without a body has no `$response.body`. There it is an empty object.',
    fits: ({ in: where, ours, theirs }) =>
      where === 'output' && ours === null && isObject(theirs) && Object.keys(theirs).length === 0,
  },
];

function isText(value: Json, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

export function explained(differences: readonly Difference[], subject: Subject): readonly Explained[] {
  return differences.map((difference) => {
    const reason = REASONS.find(({ fits }) => fits(difference, subject));
    return { ...difference, ...(reason && { reason: reason.id }) };
  });
}
