import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '../template/model.ts';
import { region, urlSuffix } from '../template/pseudo.ts';

/** Where the local cloud answers for AWS. */
export interface Addresses {
  /** Every SDK call but DynamoDB's. */
  awsUrl: string;
  /** The plain port of the front door, which is the issuer as well. */
  frontUrl: string;
}

/**
 * Turns the https URLs of execute-api, Cognito and CloudFront hosts into local ones. Host names without a scheme stay:
 * origins are found by them.
 */
export function localiser({ awsUrl, frontUrl }: Addresses): (text: string) => string {
  const executeApi = new RegExp(`https://([a-z0-9]+)\\.execute-api\\.${region}\\.${urlSuffix}`, 'g');
  const userPool = new RegExp(`https://cognito-idp\\.${region}\\.${urlSuffix}/${region}_\\w+`, 'g');
  const signIn = new RegExp(`https://[\\w-]+\\.auth\\.${region}\\.amazoncognito\\.com`, 'g');
  return (text) =>
    text
      .replace(executeApi, `${awsUrl}/$1`)
      .replace(userPool, frontUrl)
      .replace(signIn, frontUrl)
      .replace(/https:\/\/\w+\.cloudfront\.net/g, frontUrl)
      .replace(/wss:\/\/\w+\.cloudfront\.net/g, frontUrl.replace('http', 'ws'));
}

/** A folder for the life of the process when none is given; `remove` leaves a given one alone. */
export function folderOrTemporary(given: string | undefined): { path: string; remove(): void } {
  if (given !== undefined) return { path: given, remove: () => {} };
  const path = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A resource of the running app, for whoever needs its physical name. */
export interface ResourceFacts {
  type: string;
  stackName: string;
  logicalId: string;
  cdkPath: string | undefined;
  ref: string;
}

/**
 * The one resource of a type whose construct path or logical id holds the word, whatever its case. Throws when there
 * is none or more than one.
 */
export function findResource(model: Model, types: string[], word: string): ResourceFacts {
  const wanted = word.toLowerCase();
  const all = model.ofType(...types);
  const found = all.filter(({ cdkPath, logicalId }) =>
    `${cdkPath ?? ''} ${logicalId}`.toLowerCase().includes(wanted),
  );
  const [resource, ...others] = found;
  if (resource && others.length === 0) return resource;
  const names = (resource ? found : all).map(({ logicalId }) => logicalId).join(', ');
  throw new Error(`${resource ? 'More than one' : 'No'} ${types[0]} "${word}" among ${names}`);
}
