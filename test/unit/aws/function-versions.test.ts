/** Versions of functions as Lambda lists and removes them: page by page, numbers only. */
import { DeleteFunctionCommand, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { LambdaVersions, type LambdaVersionsOptions } from '../../../lib/aws/function-versions.ts';

const PAGES = [
  { Versions: [{ Version: '$LATEST', LastModified: '2026-03-01T00:00:00.000+0000' }], NextMarker: 'more' },
  {
    Versions: [
      { Version: '10', LastModified: '2026-02-01T00:00:00.000+0000' },
      { Version: '9', LastModified: '2026-01-01T00:00:00.000+0000' },
    ],
  },
];

function lambda(sent: object[]): LambdaVersionsOptions['client'] {
  const send = (command: { readonly input: object }): Promise<object> => {
    sent.push(command.input);
    return Promise.resolve(command instanceof ListVersionsByFunctionCommand ? (PAGES[sent.length - 1] ?? {}) : {});
  };
  return { send };
}

it('are listed over all pages in the order of their numbers, without what is not published', async () => {
  const sent: object[] = [];
  const [found] = await new LambdaVersions({ client: lambda(sent), functions: ['call'] }).list();
  expect(found).toEqual({
    name: 'call',
    versions: [
      { version: '9', publishedAt: Date.UTC(2026, 0, 1) },
      { version: '10', publishedAt: Date.UTC(2026, 1, 1) },
    ],
  });
  expect(sent).toEqual([{ FunctionName: 'call' }, { FunctionName: 'call', Marker: 'more' }]);
});

it('are removed by their number, and a function never', async () => {
  const sent: object[] = [];
  const versions = new LambdaVersions({ client: lambda(sent), functions: ['call'] });
  await versions.remove('call', '9');
  expect(sent).toEqual([new DeleteFunctionCommand({ FunctionName: 'call', Qualifier: '9' }).input]);
  for (const version of ['', '$LATEST', 'live'])
    await expect(versions.remove('call', version)).rejects.toThrow('number');
  expect(sent).toHaveLength(1);
});
