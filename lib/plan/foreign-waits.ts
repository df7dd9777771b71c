/**
 * Steps that wait for steps of other workflows (`$workflows.<id>.steps.<stepId>` in `dependsOn`). Such a step is passed
 * inside another member of the same scope, of one around it, or in a workflow that was depended on; `dependsOn` never
 * starts it. Here it becomes an order of members, level by level; what is passed nowhere in the run is told once, at the
 * end. Arazzo 1.1.0, section 4.6.5: all declared dependencies are to be respected.
 */
import type { Step } from '../model/arazzo.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { LinkedStep, StepDependency } from '../model/links.ts';
import { report } from '../diagnostics/report.ts';
import type { Item, ScopeDraft } from './draft.ts';

export interface ForeignWait {
  /** Paths of two members of one scope. */
  readonly waiter: string;
  readonly awaited: string;
  readonly stepId: string;
  readonly dependency: StepDependency;
}

/** Which members wait for which, because of what is inside them. `members` is in document order, by path. */
export function foreignWaits(members: ReadonlyMap<string, Item>): readonly ForeignWait[] {
  const passedIn = new Map<Step, string[]>();
  const waiting: { readonly path: string; readonly linked: LinkedStep }[] = [];
  for (const [path, member] of members) {
    for (const linked of stepsWithin(member)) {
      passedIn.set(linked.step, [...(passedIn.get(linked.step) ?? []), path]);
      if (linked.dependsOn.length > 0) waiting.push({ path, linked });
    }
  }
  return waiting.flatMap(({ path, linked }) =>
    foreignOf(linked).flatMap((dependency) => {
      const [awaited, ...others] = passedIn.get(dependency.step) ?? [];
      // Inside the waiting member itself its own scope orders it; of several visits the first is enough.
      const isInside = awaited === undefined || awaited === path || others.includes(path);
      return isInside ? [] : [{ waiter: path, awaited, stepId: linked.step.stepId, dependency }];
    }),
  );
}

/** Waits for steps that the run passes nowhere. */
export function neverPassed(scopes: readonly ScopeDraft[]): readonly Diagnostic[] {
  const passed = new Set(scopes.flatMap(({ members }) => [...members.keys()]));
  return scopes.flatMap(({ linked }) =>
    linked.steps.flatMap((owner) =>
      foreignOf(owner)
        .filter(({ step }) => !passed.has(step))
        .map(({ text, at }) => report('PLN010', at, { stepId: owner.step.stepId, text })),
    ),
  );
}

function foreignOf({ dependsOn }: LinkedStep): readonly StepDependency[] {
  return dependsOn.filter(({ kind }) => kind === 'foreign-step');
}

function stepsWithin(item: Item): readonly LinkedStep[] {
  switch (item.kind) {
    case 'step':
      return [item.step.linked];
    case 'scope':
      return [...(item.scope.caller ? [item.scope.caller] : []), ...item.scope.items.flatMap(stepsWithin)];
    case 'parallel':
      return item.branches.flat().flatMap(stepsWithin);
  }
}
