import { join } from 'node:path';
import * as z from 'zod';
import type { EventStore } from '../events/store.ts';
import type { Principal } from '../iam/principals.ts';
import { openObjectStore } from '../s3/object-store.ts';
import { createS3, type S3 } from '../s3/s3.ts';
import type { Model } from '../template/model.ts';

const bucketSchema = z.object({
  NotificationConfiguration: z.unknown().optional(),
  CorsConfiguration: z.unknown().optional(),
  ReplicationConfiguration: z.unknown().optional(),
  ObjectLockEnabled: z.unknown().optional(),
  VersioningConfiguration: z.object({ Status: z.string() }).optional(),
});

export interface BucketsOptions {
  model: Model;
  store: EventStore;
  byKey: ReadonlyMap<string, Principal>;
  /** The front door's own address, which functions sign URLs for. */
  frontUrl: string;
  stateDir: string;
}

/** Makes the app's buckets. Throws for one that does more than keep what it is given. */
export function makeBuckets({ model, store, byKey, frontUrl, stateDir }: BucketsOptions): S3 {
  const buckets = model.ofType('AWS::S3::Bucket');
  for (const bucket of buckets) {
    const { VersioningConfiguration, ...others } = bucket.read(bucketSchema);
    const extras = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (VersioningConfiguration?.Status === 'Enabled') extras.push('VersioningConfiguration');
    if (extras.length === 0) continue;
    throw new Error(
      `Bucket ${bucket.logicalId}: ${extras.join(', ')} is not known here (see local/s3/README.md)`,
    );
  }
  return createS3({
    bucketNames: buckets.map(({ ref }) => ref),
    objects: openObjectStore(store, join(stateDir, 's3')),
    byKey,
    hosts: [new URL(frontUrl).host],
  });
}
