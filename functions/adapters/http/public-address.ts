import { BlockList, isIP } from 'node:net';

/** Everything that is not the public internet (RFC 6890 and successors), for either family. */
const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, prefix, 'ipv4');
}
/** Of version 6 only the global unicast range is public, without what leads back into version 4 or into tunnels. */
const outside6 = new BlockList();
outside6.addSubnet('2000::', 3, 'ipv6');
const inside6 = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  inside6.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !inside.check(address, 'ipv4');
  return family === 6 && outside6.check(address, 'ipv6') && !inside6.check(address, 'ipv6');
}

/** Which addresses of the web may be used beside public ones of https. */
export interface UrlOptions {
  readonly insideHosts?: readonly string[];
  readonly mayBePlain?: boolean;
}

/**
 * Whether an address of the web may lead out of this system: https (or http where it `mayBePlain`), no credentials, and
 * no host that is plainly an address of ours; `insideHosts` may be ours all the same. What a name leads to is only known
 * when it is looked up.
 */
export function isPublicUrl(
  text: string,
  { insideHosts = [], mayBePlain = false }: UrlOptions = {},
): boolean {
  const url = text.length > 2_000 ? null : URL.parse(text);
  if (url?.username !== '' || url.password !== '') return false;
  if (url.protocol !== 'https:' && !(mayBePlain && url.protocol === 'http:')) return false;
  const host = hostOf(url);
  if (insideHosts.includes(host)) return true;
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !/(^|\.)(localhost|local|internal)$/i.test(host);
}

/** A host by its plain name: without the brackets of an address, without the root's dot. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
