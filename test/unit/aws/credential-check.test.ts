import { describe, expect, it } from 'vitest';
import { checkCredentials, type CredentialCheck, isCredentialCheck } from '../../../lib/aws/credential-check.ts';
import type { SecretRef } from '../../../lib/model/environment.ts';
import { Failure } from '../../../lib/model/failure.ts';
import { SteppingClock } from '../../support/stepping-clock.ts';

const KEY: SecretRef = { secret: 'shop/key' };
const LOGIN: SecretRef = { secret: 'shop/login', field: 'password' };

function request(RequestType: CredentialCheck['RequestType'], references: readonly SecretRef[]): CredentialCheck {
  return {
    RequestType,
    ResponseURL: 'https://answers.example.com/1',
    StackId: 'stack-1',
    RequestId: 'request-1',
    LogicalResourceId: 'Credentials',
    ResourceProperties: { References: references.map((reference) => ({ ...reference })) },
  };
}

/** What CloudFormation is told, where `missing` cannot be read for the first `times` times. */
async function answered(
  event: CredentialCheck,
  { missing, times = Number.POSITIVE_INFINITY }: { readonly missing?: SecretRef; readonly times?: number } = {},
): Promise<{ readonly url: string; readonly body: Record<string, string>; readonly asked: number }> {
  let asked = 0;
  let told: { url: string; body: Record<string, string> } | undefined;
  const clock = new SteppingClock();
  const checking = checkCredentials(event, {
    clock,
    secrets: {
      resolve: async (reference) => {
        if (JSON.stringify(reference) !== JSON.stringify(missing)) return 'hunter2';
        asked += 1;
        if (asked <= times)
          throw new Failure('secret-unreadable', `The secret cannot be read: ${JSON.stringify(missing)}`);
        return 'hunter2';
      },
    },
    answer: async (url, body) => {
      told = { url, body: JSON.parse(body) as Record<string, string> };
    },
  });
  await checking;
  if (!told) throw new Error('CloudFormation was told nothing');
  return { ...told, asked };
}

describe('the check of credentials while deploying', () => {
  it('answers that all can be read, and says nothing of what they are', async () => {
    const { url, body } = await answered(request('Create', [KEY, LOGIN]));
    expect(url).toBe('https://answers.example.com/1');
    expect(body).toMatchObject({ Status: 'SUCCESS', StackId: 'stack-1', RequestId: 'request-1' });
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('fails the deploy by naming what is missing', async () => {
    const { body, asked } = await answered(request('Update', [KEY, LOGIN]), { missing: LOGIN });
    expect(body).toMatchObject({ Status: 'FAILED', LogicalResourceId: 'Credentials' });
    expect(body['Reason']).toContain('shop/login');
    expect(asked).toBe(4);
  });

  it('waits for a role that is not known everywhere yet', async () => {
    const { body } = await answered(request('Create', [KEY]), { missing: KEY, times: 2 });
    expect(body['Status']).toBe('SUCCESS');
  });

  it('never stands in the way of a deletion', async () => {
    const { body, asked } = await answered(request('Delete', [KEY]), { missing: KEY });
    expect(body['Status']).toBe('SUCCESS');
    expect(asked).toBe(0);
  });

  it('is told apart from a task of a machine', () => {
    expect(isCredentialCheck(request('Create', []))).toBe(true);
    expect(isCredentialCheck({ op: 'call', run: 'r1', epoch: 1, plan: 'p' })).toBe(false);
    expect(isCredentialCheck(null)).toBe(false);
  });
});
