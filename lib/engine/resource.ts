/**
 * A Task's Resource as its history events name it: an optimised integration (`states:::lambda:invoke`), an SDK call
 * (`states:::aws-sdk:s3:getObject`), a function called by its own ARN, or an activity.
 */

export type Resource = ServiceResource | PlainResource;

export interface ServiceResource {
  readonly kind: 'service';
  readonly arn: string;
  /** `lambda`, `aws-sdk:s3`. */
  readonly service: string;
  /** `invoke`, `sendMessage.waitForTaskToken`: with its pattern, as the history has it. */
  readonly action: string;
  readonly pattern: Pattern;
}

/** A function or an activity: its ARN is the resource. */
export interface PlainResource {
  readonly kind: 'function' | 'activity';
  readonly arn: string;
}

export type Pattern = 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';

const SERVICE = /^arn:[^:]+:states:[^:]*:[^:]*:(?<service>aws-sdk:[^:]+|[^:]+):(?<action>[^:.]+)(?:\.(?<pattern>.+))?$/;

export function resourceOf(arn: string): Resource {
  const { service, action, pattern } = SERVICE.exec(arn)?.groups ?? {};
  if (service === 'activity') return { kind: 'activity', arn };
  if (service === undefined || action === undefined) return { kind: 'function', arn };
  return {
    kind: 'service',
    arn,
    service,
    action: pattern === undefined ? action : `${action}.${pattern}`,
    pattern: (pattern ?? 'request') as Pattern,
  };
}

export function waitsForToken(resource: Resource): boolean {
  return resource.kind === 'service' && resource.pattern === 'waitForTaskToken';
}

/** How the quota's error text calls the task. */
export function subjectOf(resource: Resource): string {
  return resource.kind === 'service' ? resource.service : resource.arn;
}
