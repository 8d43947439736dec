import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Caller, callerOf } from '../aws/caller.ts';
import type { Principal } from '../iam/principals.ts';
import { sendError, sendResult } from './answer.ts';
import { listObjects } from './list-objects.ts';
import { deleteObject, getObject, putObject, type S3Result } from './object-operations.ts';
import type { ObjectStore } from './object-store.ts';
import { isPresigned, verifyPresigned } from './presigned.ts';
import { S3Error } from './s3-error.ts';

/** Where S3 answers below the front door. */
export const s3Path = '/s3';

export interface S3Options {
  bucketNames: readonly string[];
  objects: ObjectStore;
  byKey: ReadonlyMap<string, Principal>;
  /** Names of this address beside the one a request came to: a URL signed for one of them is good. */
  hosts: readonly string[];
  /** Largest object (default 1 GiB; in AWS 5 GB in one request). */
  maxObjectBytes?: number;
}

/** A request for a bucket or an object, with what the operations need of it. */
export interface S3Request {
  method: string;
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  query: URLSearchParams;
  /** Those sent, and those that a presigned URL carries in its query. */
  headers: NodeJS.Dict<string | string[]>;
  caller: Caller;
  body: IncomingMessage;
}

/** S3 with path-style addresses. */
export interface S3 {
  /** Answers requests below `s3Path`; false when it is not one of those. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** Makes the app's buckets answer, for SDK clients and for whoever holds a presigned URL. */
export function createS3(options: S3Options): S3 {
  const serve = async (request: IncomingMessage): Promise<S3Result> => {
    const call = await readRequest(request, options);
    const run = operationOf(call);
    if (!options.bucketNames.includes(call.bucket)) {
      const details = { BucketName: call.bucket };
      throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', details);
    }
    return run(call, options.objects, options.maxObjectBytes ?? 1024 ** 3);
  };
  return {
    async handle(request, response) {
      if (!request.url?.startsWith(`${s3Path}/`)) return false;
      try {
        await sendResult(response, await serve(request), request.method === 'HEAD');
      } catch (error) {
        sendError(response, error, request.method === 'HEAD');
      }
      // What is left of a refused body would stand in the way of the next request.
      request.resume();
      return true;
    },
  };
}

async function readRequest(request: IncomingMessage, { byKey, hosts }: S3Options): Promise<S3Request> {
  const { method = 'GET', url = '/', headers } = request;
  const mark = url.indexOf('?');
  const rawPath = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const presigned = isPresigned(query);
  if (!presigned && headers.authorization === undefined)
    throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const credential = `Credential=${query.get('X-Amz-Credential')}`;
  const caller = callerOf(presigned ? credential : headers.authorization, byKey);
  if (presigned) {
    await verifyPresigned({ method, rawPath, query, headers }, caller.principal.secretAccessKey, hosts);
  }
  const [, bucket = '', ...key] = decodeURIComponent(rawPath.slice(s3Path.length)).split('/');
  return {
    method,
    bucket,
    key: key.join('/'),
    query,
    headers: { ...hoisted(query), ...headers },
    caller,
    body: request,
  };
}

function hoisted(query: URLSearchParams): Record<string, string> {
  const entries = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(entries.filter(([name]) => name.startsWith('x-amz-')));
}

/** Parameters that change no operation into another one. */
const harmless = /^(x-id|x-amz-.*|response-.*)$/i;
const ofListing = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
]);

type RunOperation = (call: S3Request, objects: ObjectStore, maxBytes: number) => S3Result | Promise<S3Result>;

/** @throws {S3Error} NotImplemented, so that nothing is taken for something simpler than it is */
function operationOf({ method, key, query, headers }: S3Request): RunOperation {
  const listing = key === '' && method === 'GET' && query.get('list-type') === '2';
  const others = [...query.keys()].filter(
    (name) => !harmless.test(name) && !(listing && ofListing.has(name)),
  );
  const refused = ['x-amz-copy-source', 'if-match', 'if-unmodified-since'].filter((name) => name in headers);
  const extras = [...others.map((name) => `?${name}`), ...refused];
  const run = listing ? listObjects : key === '' ? undefined : operations[method];
  if (run && extras.length === 0) return run;
  const what = [method, key === '' ? 'of a bucket' : 'of an object', ...extras].join(' ');
  const message = `The local cloud does not answer S3 ${what} (see local/s3/README.md)`;
  throw new S3Error(501, 'NotImplemented', message);
}

const operations: Readonly<Record<string, RunOperation>> = {
  GET: getObject,
  HEAD: getObject,
  PUT: putObject,
  DELETE: deleteObject,
};
