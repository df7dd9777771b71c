/** Endpoints of AWS services by the variables that its SDKs go by, for calls that are made without one. */
import type { CarrierEndpoints } from '../model/carriers.ts';
import type { Variables } from './secrets.ts';

const VARIABLES = { sqs: 'SQS', sns: 'SNS', eventbridge: 'EVENTBRIDGE' } as const;

const IGNORED = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS';
const FOR_ALL = 'AWS_ENDPOINT_URL';

export const AWS_ENDPOINTS: readonly string[] = [
  ...Object.values(VARIABLES).map((name) => `${FOR_ALL}_${name}`),
  FOR_ALL,
  IGNORED,
];

/** What is no http(s) URL says nothing, as what is not there. */
export function carrierEndpoints(variables: Variables): CarrierEndpoints {
  if (variables[IGNORED] === 'true') return {};
  const all = variables[FOR_ALL];
  const found = Object.entries(VARIABLES).flatMap(([kind, name]) => {
    const given = variables[`${FOR_ALL}_${name}`] ?? all;
    return given !== undefined && /^https?:$/.test(URL.parse(given)?.protocol ?? '') ? [[kind, given] as const] : [];
  });
  return Object.fromEntries(found);
}
