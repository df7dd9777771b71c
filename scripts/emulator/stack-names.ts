/** What the references of a template stand for once its stack is there: names as the emulator gave them, and ARNs. */
import type { AwsCalls } from './aws-calls.ts';
import { idOfAlarm, type Template } from './emulated-template.ts';
import { type Named, PSEUDO } from './template-values.ts';

interface MadeResource {
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

export class StackNames implements Named {
  private readonly template: Template;
  private readonly physical: ReadonlyMap<string, string>;

  /** By logical id, and the stack's own by `AWS::StackId`. */
  private constructor(template: Template, physical: ReadonlyMap<string, string>) {
    this.template = template;
    this.physical = physical;
  }

  /** `apart`: what was made beside the stack. */
  static async of(
    stack: string,
    { template, calls, apart }: { template: Template; calls: AwsCalls; apart: ReadonlyMap<string, string> },
  ): Promise<StackNames> {
    const { StackResources } = await calls.query('cloudformation', 'DescribeStackResources', { StackName: stack });
    const listed = StackResources as unknown as readonly MadeResource[];
    const made = listed.flatMap(({ LogicalResourceId: id, PhysicalResourceId: name }) =>
      name === undefined ? [] : [[id, name] as const],
    );
    const own = listed.slice(0, 1).map(({ StackId }) => ['AWS::StackId', StackId] as const);
    return new StackNames(template, new Map([...own, ...made, ...apart]));
  }

  isOf(logicalId: string, type: string): boolean {
    return this.typeOf(logicalId) === type;
  }

  ref(logicalId: string): string {
    if (this.typeOf(logicalId) === 'AWS::Lambda::Version') return `${this.versionOf(logicalId)}:1`;
    const name = this.physical.get(logicalId);
    if (name === undefined) throw new Error(`${logicalId} was not made`);
    return name;
  }

  attribute(logicalId: string, name: string): string {
    const type = this.typeOf(logicalId);
    if (name === 'Version') return '1';
    if (name === 'QueueUrl') return this.ref(logicalId);
    if (name === 'Name' || name === 'QueueName' || name === 'TopicName') return this.nameIn(logicalId);
    if (name === 'Arn' && type.startsWith('AWS::CloudWatch::')) return idOfAlarm(logicalId);
    if (name !== 'Arn' && name !== 'TopicArn') throw new Error(`${name} of ${type} is not understood here`);
    return arnOf(type, this.nameIn(logicalId));
  }

  private typeOf(logicalId: string): string {
    return this.template.Resources[logicalId]?.Type ?? '';
  }

  private versionOf(logicalId: string): string {
    const { FunctionName } = this.template.Resources[logicalId]?.Properties ?? {};
    return this.attribute((FunctionName as { readonly Ref: string }).Ref, 'Arn');
  }

  /** The last part of an ARN or URL. */
  private nameIn(logicalId: string): string {
    return this.ref(logicalId).split(/[:/]/).at(-1) ?? '';
  }
}

function arnOf(type: string, name: string): string {
  const { 'AWS::Region': region, 'AWS::AccountId': account } = PSEUDO;
  switch (type) {
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account}:role/${name}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${account}:function:${name}`;
    case 'AWS::StepFunctions::StateMachine':
      return `arn:aws:states:${region}:${account}:stateMachine:${name}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${account}:log-group:${name}:*`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${account}:${name}`;
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${region}:${account}:${name}`;
    case 'AWS::Events::Rule':
      return `arn:aws:events:${region}:${account}:rule/${name}`;
    default:
      throw new Error(`the ARN of ${type} is not understood here`);
  }
}
