/** Versions of the functions whose names are in the environment (INTERLOCK_VERSIONED), as Lambda has them. */
import { DeleteFunctionCommand, LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { assert } from '../model/assert.ts';
import type { FunctionVersions, PublishedFunction } from '../runtime/ports/function-versions.ts';

export interface LambdaVersionsOptions {
  readonly client: Pick<LambdaClient, 'send'>;
  readonly functions: readonly string[];
}

const UNPUBLISHED = '$LATEST';

export class LambdaVersions implements FunctionVersions {
  private readonly options: LambdaVersionsOptions;

  constructor(options: LambdaVersionsOptions) {
    this.options = options;
  }

  static ofFunction(): LambdaVersions {
    const text = process.env['INTERLOCK_VERSIONED'];
    assert(text !== undefined, 'the function has the environment variable INTERLOCK_VERSIONED');
    // Written by lib/constructs/upkeep.ts in this shape.
    return new LambdaVersions({ client: new LambdaClient({}), functions: JSON.parse(text) as readonly string[] });
  }

  async list(): Promise<readonly PublishedFunction[]> {
    const found: PublishedFunction[] = [];
    for (const name of this.options.functions) found.push({ name, versions: await this.versionsOf(name) });
    return found;
  }

  async remove(functionName: string, version: string): Promise<void> {
    // Without a version it would be the function.
    assert(/^\d+$/.test(version), `a published version is a number, not ${version}`);
    await this.options.client.send(new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: version }));
  }

  private async versionsOf(name: string): Promise<PublishedFunction['versions']> {
    const found: { version: string; publishedAt: number }[] = [];
    for (let marker: string | undefined, more = true; more; more = marker !== undefined) {
      const asked = { FunctionName: name, ...(marker !== undefined && { Marker: marker }) };
      const page = await this.options.client.send(new ListVersionsByFunctionCommand(asked));
      for (const { Version = '', LastModified = '' } of page.Versions ?? [])
        if (Version !== UNPUBLISHED) found.push({ version: Version, publishedAt: Date.parse(LastModified) });
      marker = page.NextMarker;
    }
    return found.sort((one, other) => Number(one.version) - Number(other.version));
  }
}
