/**
 * All integrations of an app in as many stacks as they need. What they share stands in the first; later stacks refer to it,
 * so the first is deployed before them.
 */
import type { App } from 'aws-cdk-lib';
import type { DemoSystemsProps } from './demo-systems.ts';
import type { DescribedIntegration } from './described-integration.ts';
import { IntegrationsStack } from './integrations-stack.ts';
import { placed } from './placing.ts';
import type { Shared } from './shared.ts';

export interface IntegrationsAppProps {
  readonly integrations: readonly DescribedIntegration[];
  readonly demos?: ReadonlyMap<string, DemoSystemsProps>;
  /** Stack by integration: `stacks` in the context. */
  readonly pinned?: { readonly [integration: string]: string };
}

export const FIRST_STACK = 'Interlock';

export function putUp(
  app: App,
  { integrations, demos, pinned = {} }: IntegrationsAppProps,
): readonly IntegrationsStack[] {
  let shared: Shared | undefined;
  const stacks = placed(integrations, { first: FIRST_STACK, pinned });
  return [...stacks].map(([name, members]) => {
    const stack = new IntegrationsStack(app, name, {
      integrations: members,
      description: 'Workflows over APIs, put up by Interlock',
      ...(shared && { shared }),
      ...(demos && { demos }),
    });
    shared ??= stack.shared;
    return stack;
  });
}

/** What keeps each where it is, for cdk.json; undefined where there is nothing to say. */
export function missingPins(
  stacks: readonly IntegrationsStack[],
  { integrations, pinned = {} }: IntegrationsAppProps,
): { readonly [integration: string]: string } | undefined {
  if (stacks.length < 2 || integrations.every(({ name }) => Object.hasOwn(pinned, name))) return undefined;
  const all = placed(integrations, { first: FIRST_STACK, pinned });
  return Object.fromEntries([...all].flatMap(([stack, members]) => members.map(({ name }) => [name, stack] as const)));
}
