import { type LookupAddress, lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { LookupFunction } from 'node:net';
import { hostOf, isPublicAddress, isPublicUrl } from './public-address.ts';

/** What is sent to somebody outside, whose address came from outside. */
export interface PublicPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  /** More ends the answer. */
  readonly mostBytes: number;
  /** Hosts within the network that it may go to all the same: `127.0.0.1`, `responder.internal`. */
  readonly insideHosts: readonly string[];
  /** Without TLS too: for what is signed in itself, as answers of OCSP responders are. */
  readonly mayBePlain?: boolean;
  /** The certificate to trust instead of the usual ones. */
  readonly ca?: string | undefined;
}

/** What came back: redirects are answers like others. */
export interface PublicAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Posts to an address that a station or a tenant named. Nothing inside the network can be reached by it: addresses are
 * judged after the name is resolved, in the very look-up the connection is made with, and redirects are not followed.
 * Throws with the reason when there is no whole answer.
 */
export async function postToPublic(post: PublicPost): Promise<PublicAnswer> {
  const { url, headers, body, insideHosts, mayBePlain = false } = post;
  if (!isPublicUrl(url, { insideHosts, mayBePlain })) {
    throw new Error('the address is none that anybody can reach');
  }
  const target = new URL(url);
  const send = target.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const call = send(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.byteLength },
      agent: false,
      signal: AbortSignal.timeout(post.timeoutMs),
      ...(insideHosts.includes(hostOf(target)) ? {} : { lookup: lookUpPublic }),
      ...(post.ca === undefined ? {} : { ca: post.ca }),
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= post.mostBytes) return void chunks.push(chunk);
        // An answer that came in one piece has its end with it: it must not win.
        reject(new Error('the answer is too large'));
        call.destroy();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    call.end(body);
  });
}

/** The address that was judged is the one that is connected to: a name cannot change its mind in between. */
const lookUpPublic: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return done(error, '');
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (!first) return done(new Error(`${hostname} leads to no public address`), '');
    if (options.all === true) return done(null, allowed);
    return done(null, first.address, first.family);
  });
};
