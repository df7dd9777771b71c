/**
 * The permission to call an API whose requests are signed, and no other: of API Gateway the one that the server's host
 * names. What other services want is theirs to say: the app grants it to `Integration.callers`.
 */
import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { SystemEnvironment } from '../model/environment.ts';
import type { Server } from '../model/openapi.ts';

export function grantSigned(role: iam.Role, environment: SystemEnvironment, declared: readonly Server[]): void {
  const signs = Object.values(environment.auth ?? {}).some((one) => 'service' in one && one.service === 'execute-api');
  if (!signs) return;
  const own = environment.server === undefined ? environment.servers : [environment.server];
  const resources = (own ?? declared.map(({ url }) => url)).flatMap((url) => apiArn(Stack.of(role), url) ?? []);
  if (resources.length === 0) return;
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['execute-api:Invoke'], resources: [...new Set(resources)].sort() }),
  );
}

/** `https://{api}.execute-api.{region}.amazonaws.com/{stage}`; the stage `$default` has no path of its own. */
const API_HOST = /^https:\/\/([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?(?:\/([A-Za-z0-9_-]+))?/;

function apiArn({ partition, account }: Stack, url: string): string | undefined {
  const [, api, region, stage = '*'] = API_HOST.exec(url) ?? [];
  return api === undefined ? undefined : `arn:${partition}:execute-api:${region}:${account}:${api}/${stage}/*`;
}
