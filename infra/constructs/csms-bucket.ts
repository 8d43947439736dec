import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../acknowledge.ts';
import type { CsmsFunction } from './csms-function.ts';

/** What a function may be let do to files. */
export type FileAction = 'GetObject' | 'PutObject' | 'DeleteObject' | 'ListBucket';

export interface CsmsBucketProps {
  /** How many days files live, by the first letters of their keys; others stay. */
  readonly expiry: Readonly<Record<string, number>>;
  /** Whether the bucket stays when its stack goes. */
  readonly protectData: boolean;
}

/**
 * A bucket for files: private, encrypted with S3's own keys, reached over TLS alone. Nothing is served from it but to
 * holders of a presigned address.
 */
export class CsmsBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: CsmsBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: Object.entries(props.expiry).map(([prefix, days]) => ({
        id: `expire ${prefix}`,
        prefix,
        expiration: Duration.days(days),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      })),
      removalPolicy: props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this.bucket, {
      'AwsSolutions-S1':
        'who was given an address is in the functions’ logs; who used it shows in what they send',
    });
  }

  /**
   * Lets a function do these things to files whose keys begin with the prefix, and to no others; an address it signs
   * can do no more. `ListBucket` also makes a missing file "missing" to `GetObject` instead of "denied". Throws for an
   * empty prefix: nobody needs every file.
   */
  allow(to: CsmsFunction, actions: readonly FileAction[], prefix: string): void {
    if (prefix === '') throw new Error('A grant on files needs a prefix');
    const bucketArn = this.arnFor(to);
    const onFiles = actions.filter((action) => action !== 'ListBucket').map((action) => `s3:${action}`);
    if (onFiles.length > 0) {
      const files = `${bucketArn}/${prefix}*`;
      to.allow(onFiles, [files]);
      acknowledgeWildcard(
        to,
        files,
        'the function works with the files below one prefix, whose names are made as it runs',
      );
    }
    if (actions.includes('ListBucket'))
      to.allow(['s3:ListBucket'], [bucketArn], { StringLike: { 's3:prefix': [`${prefix}*`] } });
  }

  /** Exported by hand to other stacks, for only then its name is known when the wildcard is acknowledged. */
  private arnFor(to: CsmsFunction): string {
    const { bucketArn } = this.bucket;
    return Stack.of(to) === Stack.of(this) ? bucketArn : Stack.of(this).exportValue(bucketArn);
  }
}
