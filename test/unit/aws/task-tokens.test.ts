import { InvalidToken, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { StepFunctionsTokens } from '../../../lib/aws/task-tokens.ts';

function tokens(answer: () => unknown = () => ({})): {
  readonly tokens: StepFunctionsTokens;
  readonly sent: unknown[];
} {
  const sent: unknown[] = [];
  const client = {
    send: async (command: { readonly input: unknown }): Promise<unknown> => {
      sent.push(command.input);
      return answer();
    },
  };
  return { tokens: new StepFunctionsTokens(client), sent };
}

it('a token wakes its task, well or with the reason', async () => {
  const { tokens: waking, sent } = tokens();
  expect(await waking.succeed('t1', {})).toBe('woken');
  expect(await waking.fail('t2', { error: 'Interlock.Fenced', cause: 'ended' })).toBe('woken');
  expect(sent).toEqual([
    { taskToken: 't1', output: '{}' },
    { taskToken: 't2', error: 'Interlock.Fenced', cause: 'ended' },
  ]);
});

it.each([
  new TaskTimedOut({ message: 'late', $metadata: {} }),
  new TaskDoesNotExist({ message: 'gone', $metadata: {} }),
  new InvalidToken({ message: 'odd', $metadata: {} }),
])('a token that nothing waits with any more is no failure: $name', async (failure) => {
  const gone = (): never => {
    throw failure;
  };
  expect(await tokens(gone).tokens.succeed('t1', {})).toBe('gone');
});

it('what the service itself fails with is told', async () => {
  const throttled = (): never => {
    throw new Error('throttled');
  };
  await expect(tokens(throttled).tokens.succeed('t1', {})).rejects.toThrow('throttled');
});
