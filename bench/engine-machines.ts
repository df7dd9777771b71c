/** The benched machines, once in JSONata as our compiler writes them and once in JSONPath for the other engine. */
import type { State, StateMachineDefinition } from '../lib/model/asl.ts';

const TEN: readonly string[] = Array.from({ length: 10 }, (_, index) => `Pass${index}`);

function chain(state: (index: number) => object): { readonly [name: string]: State } {
  return Object.fromEntries(
    TEN.map((name, index) => {
      const next = TEN[index + 1];
      return [name, { ...state(index), ...(next === undefined ? { End: true } : { Next: next }) } as State];
    }),
  );
}

export const PASSES: StateMachineDefinition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Pass0',
  States: chain(() => ({
    Type: 'Pass',
    Output: { run: '{% $states.input.run %}', amount: '{% $states.input.amount %}' },
  })),
};

export const PASSES_JSONPATH: StateMachineDefinition = {
  StartAt: 'Pass0',
  States: chain(() => ({ Type: 'Pass', Parameters: { 'run.$': '$.run', 'amount.$': '$.amount' } })),
};

const RETRY = [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 5 }];

function task(step: string, refs: { readonly [name: string]: string }, next: object): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: step,
      Payload: { op: 'call', run: '{% $states.context.Execution.Input.run %}', step, refs },
    },
    Retry: RETRY,
    ...next,
  };
}

function inner(step: string): { readonly StartAt: string; readonly States: { readonly [name: string]: State } } {
  const state = task(step, { reserved: '{% $reserved %}' }, { Output: '{% $states.result.Payload.out %}', End: true });
  return { StartAt: step, States: { [step]: state } };
}

export const SAGA: StateMachineDefinition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Reserve',
  States: {
    Reserve: task(
      'Reserve',
      {},
      { Assign: { reserved: '{% $states.result.Payload.out %}' }, Output: {}, Next: 'Together' },
    ),
    Together: {
      Type: 'Parallel',
      Branches: [inner('Charge'), inner('Check'), inner('Notify')],
      Assign: { charged: '{% $states.result[0].id %}' },
      Output: {},
      Next: 'Ship',
    },
    Ship: task(
      'Ship',
      { reserved: '{% $reserved %}', charged: '{% $charged %}' },
      { Assign: { shipped: '{% $states.result.Payload.out %}' }, Output: {}, Next: 'Close' },
    ),
    Close: task('Close', { shipped: '{% $shipped %}' }, { Output: '{% $states.result.Payload.out %}', End: true }),
  },
};

function pathTask(step: string, refs: { readonly [name: string]: string }, next: object): State {
  return {
    Type: 'Task',
    Resource: `arn:aws:lambda:us-east-1:000000000000:function:${step}`,
    Parameters: { FunctionName: step, Payload: { op: 'call', 'run.$': '$$.Execution.Input.run', step, refs } },
    Retry: RETRY,
    ...next,
  } as unknown as State;
}

function pathInner(step: string): { readonly StartAt: string; readonly States: { readonly [name: string]: State } } {
  const state = pathTask(step, { 'reserved.$': '$.reserved' }, { OutputPath: '$.Payload.out', End: true });
  return { StartAt: step, States: { [step]: state } };
}

const OUT = { 'out.$': '$.Payload.out' };

export const SAGA_JSONPATH: StateMachineDefinition = {
  StartAt: 'Reserve',
  States: {
    Reserve: pathTask('Reserve', {}, { ResultSelector: OUT, ResultPath: '$.reserved', Next: 'Together' }),
    Together: {
      Type: 'Parallel',
      Branches: [pathInner('Charge'), pathInner('Check'), pathInner('Notify')],
      ResultPath: '$.together',
      Next: 'Ship',
    } as unknown as State,
    Ship: pathTask(
      'Ship',
      { 'reserved.$': '$.reserved', 'charged.$': '$.together[0].id' },
      { ResultSelector: OUT, ResultPath: '$.shipped', Next: 'Close' },
    ),
    Close: pathTask('Close', { 'shipped.$': '$.shipped' }, { OutputPath: '$.Payload.out', End: true }),
  },
};
