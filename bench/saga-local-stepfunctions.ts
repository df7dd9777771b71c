/**
 * aws-local-stepfunctions: the order as a definition that somebody writes by hand, its tasks functions of this process,
 * nothing kept. A Parallel's Catch cannot know which branch succeeded, so it voids blindly.
 */
import { StateMachine } from 'aws-local-stepfunctions';
import { post } from './saga-http.ts';
import type { Open, Order } from './saga-subject.ts';

const PATHS: { readonly [state: string]: string } = {
  reserve: '/inventory/reserve',
  authorize: '/payments/authorize',
  check: '/fraud/check',
  quote: '/shipping/quote',
  capture: '/payments/capture',
  ship: '/shipping/create',
  refund: '/payments/refund',
  void: '/payments/void',
  release: '/inventory/release',
};

const TOGETHER = ['authorize', 'check', 'quote'];

const DEFINITION = {
  StartAt: 'reserve',
  States: {
    reserve: task('reserve', { Next: 'together', ...caught('failed') }),
    together: {
      Type: 'Parallel',
      Branches: TOGETHER.map((name) => ({ StartAt: name, States: { [name]: task(name, { End: true }) } })),
      ResultPath: '$.together',
      Next: 'capture',
      ...caught('void'),
    },
    capture: task('capture', { Next: 'ship', ...caught('void') }),
    ship: task('ship', { Next: 'completed', ...caught('refund') }),
    completed: { Type: 'Pass', Result: { status: 'completed' }, End: true },
    refund: task('refund', { Next: 'void' }),
    void: task('void', { Next: 'release' }),
    release: task('release', { Next: 'failed' }),
    failed: { Type: 'Pass', Result: { status: 'compensated' }, End: true },
  },
};

function task(name: string, more: object): object {
  const Resource = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  return { Type: 'Task', Resource, ResultPath: `$.${name}`, ...more };
}

function caught(Next: string): object {
  return { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next }] };
}

export const open: Open = (mock) => {
  const machine = new StateMachine(DEFINITION as never, { validationOptions: { checkArn: false } });
  const handlers = Object.fromEntries(
    Object.entries(PATHS).map(([name, path]) => [
      name,
      ({ orderId, fail }: Order) => post({ port: mock, path, value: { orderId, fail } }),
    ]),
  );
  const options = { overrides: { taskResourceLocalHandlers: handlers as never } };
  return Promise.resolve({
    version: '3.0.0',
    durable: 'no',
    processes: [],
    run: async ({ orderId, fail }) => {
      const { status } = (await machine.run({ orderId, fail }, options).result) as { readonly status: string };
      return status === 'completed' || status === 'compensated' ? status : 'wrong';
    },
    close: () => Promise.resolve(),
  });
};
