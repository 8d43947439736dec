import { lookup } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A text or bytes to send to somebody outside, whose address came from outside. */
export interface PublicPost {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  /** More ends the answer. */
  readonly mostBytes: number;
  /** Hosts that may be inside: `127.0.0.1`, `responder.internal`. */
  readonly insideHosts: readonly string[];
}

/** Everything that is not the public internet (IANA special-purpose registries), the metadata of clouds among it. */
const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, bits, 'ipv4');
}
// Mapped and translated IPv4 addresses are refused whole: what is reachable so is reachable plainly.
for (const [net, bits] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 32],
  ['100::', 64],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(net, bits, 'ipv6');
}

/**
 * Posts to an address that a station or a tenant named, and gives the body of a 200; `undefined` for anything else.
 * Nothing inside the network can be reached by it: addresses are looked at after the name is resolved, in the very look-up
 * the connection is made with, and redirects are not followed. Only http and https, without user and password.
 */
export async function postToPublic(post: PublicPost): Promise<Uint8Array | undefined> {
  const url = URL.parse(post.url);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const mayBeInside = post.insideHosts.includes(host);
  if (!mayBeInside && isIP(host) !== 0 && isInside(host)) return undefined;
  return new Promise((resolve) => {
    const give = (body?: Uint8Array) => resolve(body);
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const request = send(url, {
      method: 'POST',
      headers: { 'content-type': post.contentType, 'content-length': post.body.byteLength },
      signal: AbortSignal.timeout(post.timeoutMs),
      ...(mayBeInside ? {} : { lookup: lookUpOutside }),
    });
    request.on('error', () => give());
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', () => give());
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > post.mostBytes) request.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('end', () => give(response.statusCode === 200 ? Buffer.concat(chunks) : undefined));
    });
    request.end(post.body);
  });
}

function isInside(address: string): boolean {
  return inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const lookUpOutside: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isInside(address))) {
      return callback(new Error(`${hostname} is not outside`), []);
    }
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
