import { bucketArn, type S3Result } from './object-operations.ts';
import { lastCharacter, type ObjectFacts, type ObjectStore } from './object-store.ts';
import type { S3Request } from './s3.ts';
import { S3Error } from './s3-error.ts';
import { xmlDocument } from './xml.ts';

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
const mostPerPage = 1000;

/** ListObjectsV2: a page of keys, those below a delimiter folded into their common prefix. */
export function listObjects({ bucket, query, caller }: S3Request, objects: ObjectStore): S3Result {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? mostPerPage), mostPerPage);
  const token = query.get('continuation-token');
  caller.demand('s3:ListBucket', bucketArn(bucket), {
    's3:prefix': prefix,
    ...(delimiter === '' ? {} : { 's3:delimiter': delimiter }),
    's3:max-keys': String(maxKeys),
  });
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new S3Error(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range');
  const after = token === null ? (query.get('start-after') ?? '') : fromToken(token);
  const page = pageOf((from, max) => objects.list(bucket, prefix, from, max), {
    prefix,
    delimiter,
    after,
    maxKeys,
  });
  const text = query.get('encoding-type') === 'url' ? encodeURIComponent : (value: string) => value;
  const xml = xmlDocument(
    'ListBucketResult',
    {
      Name: bucket,
      Prefix: text(prefix),
      Delimiter: delimiter === '' ? undefined : text(delimiter),
      StartAfter: query.has('start-after') ? text(query.get('start-after') ?? '') : undefined,
      EncodingType: query.get('encoding-type') ?? undefined,
      MaxKeys: maxKeys,
      KeyCount: page.contents.length + page.commonPrefixes.length,
      IsTruncated: page.next !== undefined,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.next === undefined ? undefined : toToken(page.next),
      Contents: page.contents.map(({ key, modifiedAtMs, etag, sizeBytes }) => ({
        Key: text(key),
        LastModified: new Date(modifiedAtMs).toISOString(),
        ETag: `"${etag}"`,
        Size: sizeBytes,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: text(each) })),
    },
    namespace,
  );
  return { xml };
}

interface Page {
  contents: ObjectFacts[];
  commonPrefixes: string[];
  /** Where the next page begins; undefined after the last one. */
  next: string | undefined;
}

interface PageRequest {
  prefix: string;
  delimiter: string;
  after: string;
  maxKeys: number;
}

function pageOf(list: (after: string, max: number) => ObjectFacts[], request: PageRequest): Page {
  const { prefix, delimiter, maxKeys } = request;
  const page: Page = { contents: [], commonPrefixes: [], next: undefined };
  let { after } = request;
  let left = maxKeys;
  // A common prefix stands for all keys that begin with it, so the reading goes on behind the last of them.
  for (let rows = list(after, left + 1); rows.length > 0 && left > 0; rows = list(after, left + 1)) {
    for (const row of rows.slice(0, left)) {
      left--;
      const end = delimiter === '' ? -1 : row.key.indexOf(delimiter, prefix.length);
      if (end === -1) {
        page.contents.push(row);
        after = row.key;
        continue;
      }
      const common = row.key.slice(0, end + delimiter.length);
      page.commonPrefixes.push(common);
      after = common + lastCharacter;
      break;
    }
  }
  if (maxKeys > 0 && list(after, 1).length > 0) page.next = after;
  return page;
}

function toToken(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function fromToken(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
