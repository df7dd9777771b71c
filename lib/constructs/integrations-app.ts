/**
 * All integrations of an app in as many stacks as they need. What they share stands in the first; later stacks refer to it,
 * so the first is deployed before them.
 */
import { basename } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { constructId, requireApart } from './construct-id.ts';
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
  /**
   * Part of every stack's name, so that two environments can stand beside each other in one account.
   * @default 'aws', which is no part of it
   */
  readonly environment?: string;
}

export const FIRST_STACK = 'Interlock';
const DEFAULT_ENVIRONMENT = 'aws';

/** `staging` -> `-Staging`; of a path, the file's name. */
function suffixOf(environment: string): string {
  if (environment === DEFAULT_ENVIRONMENT) return '';
  return constructId('-', basename(environment).replace(/\.ya?ml$/, ''));
}

export function putUp(
  app: App,
  { integrations, demos, pinned = {}, environment = DEFAULT_ENVIRONMENT }: IntegrationsAppProps,
): readonly IntegrationsStack[] {
  requireApart(
    'integrations',
    '',
    integrations.map(({ name }) => name),
  );
  let shared: Shared | undefined;
  const suffix = suffixOf(environment);
  return [...placed(integrations, { first: FIRST_STACK, pinned })].map(([place, members]) => {
    // Pins are the same in every environment.
    const stack = new IntegrationsStack(app, place + suffix, {
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
