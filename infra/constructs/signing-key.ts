import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { CsmsFunction } from './csms-function.ts';

/**
 * A P-256 key that signs and never leaves KMS. It stays when its stack goes, whatever the stage: what it signed cannot
 * be signed again by another.
 */
export class SigningKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: { readonly description: string }) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: props.description,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Lets a function sign with ECDSA and SHA-256, and read the public key. */
  allowSigning(to: CsmsFunction): void {
    to.allow(['kms:Sign'], [this.key.keyArn], {
      StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' },
    });
    this.allowReading(to);
  }

  /** Lets a function read the public key. */
  allowReading(to: CsmsFunction): void {
    to.allow(['kms:GetPublicKey'], [this.key.keyArn]);
  }
}
