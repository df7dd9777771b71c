/**
 * The run table (run-contract section 9): one item per header, outcome and undo, keyed `pk`, `sk`. Two indexes find runs:
 * those still open by when somebody has to look at them, and a workflow's runs by start. Both carry the phase only, so
 * that intents, which are most of the writes, never touch an index. The names here are the journal's (lib/aws/journal.ts).
 */
import type { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { tableEncryption } from './table-encryption.ts';

const { NUMBER, STRING } = dynamodb.AttributeType;

export interface RunTableProps {
  /** What stands at other people's systems is recorded here and nowhere else. */
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
}

export class RunTable extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string, { removalPolicy, encryptionKey }: RunTableProps) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'pk', type: STRING },
      sortKey: { name: 'sk', type: STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      ...tableEncryption(encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expires',
      removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: 'open-by-wake',
      partitionKey: { name: 'open', type: NUMBER },
      sortKey: { name: 'wake', type: NUMBER },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: ['phase'],
    });
    this.table.addGlobalSecondaryIndex({
      indexName: 'workflow-by-start',
      partitionKey: { name: 'workflow', type: STRING },
      sortKey: { name: 'started', type: STRING },
      projectionType: dynamodb.ProjectionType.INCLUDE,
      nonKeyAttributes: ['phase', 'endedAt'],
    });
  }

  /**
   * Items of runs only, and no index, no scan and no deletion: what a handler of a machine needs. Not by `table.grant`,
   * which always adds the indexes.
   */
  grantRuns(role: iam.Role): void {
    const actions = [
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      // Of a transaction's other half: settle's writes are conditional on the header.
      'dynamodb:ConditionCheckItem',
    ];
    role.addToPolicy(new iam.PolicyStatement({ actions, resources: [this.table.tableArn] }));
    this.table.encryptionKey?.grantEncryptDecrypt(role);
  }
}
