/**
 * A description as a template, the way the repository's app makes it: compiled in this process, under the feature flags of
 * cdk.json or of an app that sets none. What depends on the bundles' content is left out, so that goldens move with the
 * template only.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Options } from '../../lib/cli/command.ts';
import { openDescription } from '../../lib/cli/open-description.ts';
import type { DescribedIntegration } from '../../lib/constructs/described-integration.ts';
import { describeIntegration } from '../../lib/constructs/describe-integration.ts';
import { IntegrationsStack, type IntegrationsStackProps } from '../../lib/constructs/integrations-stack.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { ROOT } from './source-tree.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: JsonObject;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
  readonly Metadata?: JsonObject;
}

/** By logical id. */
export type Resources = ReadonlyMap<string, Resource>;

/** What cdk.json says to the app. */
export const OUR_FLAGS: JsonObject = contextOf(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));

export async function synthesised(path: string, flags: JsonObject = OUR_FLAGS): Promise<Template> {
  return await templateOf(await describedAt(path), flags);
}

export async function templateOf(
  described: DescribedIntegration,
  flags: JsonObject = OUR_FLAGS,
  more: Partial<IntegrationsStackProps> = {},
): Promise<Template> {
  await bundleHandlers();
  return await inApp(flags, (app) =>
    Template.fromStack(new IntegrationsStack(app, 'Interlock', { integrations: [described], ...more })),
  );
}

export function describedAt(path: string): Promise<DescribedIntegration> {
  return describeIntegration({ ...openDescription(join(ROOT, path), new Options({})), environment: 'aws' });
}

/** An app whose assembly is gone afterwards. */
export async function inApp<T>(context: JsonObject, work: (app: App) => T | Promise<T>): Promise<T> {
  const outdir = mkdtempSync(join(tmpdir(), 'interlock-stack-'));
  try {
    return await work(new App({ outdir, context, analyticsReporting: false }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export function resourcesOf(template: Template, type?: string): Resources {
  const all = Object.entries(template.toJSON()['Resources'] as { readonly [id: string]: Resource });
  return new Map(all.filter(([, resource]) => type === undefined || resource.Type === type));
}

/**
 * `RefundsRunsTable1A2B3C4D` -> `RefundsRunsTable`: the CDK ends an id with a digest of its path, and that of a function's
 * version with one of its code besides.
 */
export function readableId(logicalId: string): string {
  return withoutCode(logicalId).replace(/[0-9A-F]{8}$/, '');
}

/** A version's logical id moves with the code, as it must; in goldens it would move with every change of a bundle. */
export function withoutCode(text: string): string {
  return text.replace(/(?<=CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '');
}

function contextOf(cdkJson: string): JsonObject {
  return (JSON.parse(cdkJson) as { readonly context: JsonObject }).context;
}
