import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';

/** A table is encrypted by a key that the account sees, whose it is depends on the app. */
export function tableEncryption(key: kms.IKey | undefined): Pick<dynamodb.TableProps, 'encryption' | 'encryptionKey'> {
  return key
    ? { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }
    : { encryption: dynamodb.TableEncryption.AWS_MANAGED };
}
