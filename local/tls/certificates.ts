import './reflect-metadata.ts';

import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** The local authority and the front door's own certificate; PEM texts and the file to trust. */
export interface LocalCa {
  /** For `--cacert`, `NODE_EXTRA_CA_CERTS` and stations. */
  caFile: string;
  ca: string;
  cert: string;
  key: string;
}

/** A station's client certificate for security profile 3. */
export interface StationCertificate {
  certFile: string;
  keyFile: string;
  cert: string;
  key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60_000;
const CA_DAYS = 3650;
/** Browsers refuse server certificates that live longer. */
const LEAF_DAYS = 397;
const RENEW_DAYS = 30;
// Machines that share a certificate may disagree a little about the time.
const BACKDATED_MS = 60 * 60_000;

/**
 * Makes `ca.pem`, `ca-key.pem`, `server.pem` and `server-key.pem` (keys with mode 600) in a directory, or reads
 * them when they are there. A certificate near its expiry, or of another authority, is replaced.
 */
export async function ensureLocalCa(dir: string): Promise<LocalCa> {
  await mkdir(dir, { recursive: true });
  const caFile = join(dir, 'ca.pem');
  const ca = (await readUsable(caFile)) ?? (await makeCa(dir));
  const certFile = join(dir, 'server.pem');
  const keyFile = join(dir, 'server-key.pem');
  const present = await readPair(certFile, keyFile, ca);
  if (present !== undefined) return { caFile, ca, ...present };
  const made = await issue(dir, ca, {
    subject: nameOf('Open-CSMS local', 'localhost'),
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  await writePrivate(keyFile, made.key);
  await writeWhole(certFile, made.cert);
  return { caFile, ca, ...made };
}

/**
 * Makes or reads `stations/{tenant}/{stationId}.pem` and `.key`: subject `O={tenant}, CN={stationId}`, P-256,
 * client authentication alone (OCPP security white paper, section 3.2: CN is the charge point's identity).
 * @throws {Error} when the authority is not there yet
 */
export async function issueStationCertificate(
  dir: string,
  station: { tenant: string; stationId: string },
): Promise<StationCertificate> {
  const ca = await readUsable(join(dir, 'ca.pem'));
  if (ca === undefined) throw new Error(`no usable authority in ${dir}: call ensureLocalCa first`);
  const folder = join(dir, 'stations', fileName(station.tenant));
  const certFile = join(folder, `${fileName(station.stationId)}.pem`);
  const keyFile = join(folder, `${fileName(station.stationId)}.key`);
  const present = await readPair(certFile, keyFile, ca);
  if (present !== undefined) return { certFile, keyFile, ...present };
  const made = await issue(dir, ca, {
    subject: nameOf(station.tenant, station.stationId),
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  });
  await mkdir(folder, { recursive: true });
  await writePrivate(keyFile, made.key);
  await writeWhole(certFile, made.cert);
  return { certFile, keyFile, ...made };
}

async function makeCa(dir: string): Promise<string> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: nameOf('Open-CSMS local', 'Open-CSMS local authority'),
    keys,
    ...validity(CA_DAYS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pem = `${certificate.toString('pem')}\n`;
  await writePrivate(join(dir, 'ca-key.pem'), await exportKey(keys.privateKey));
  await writeWhole(join(dir, 'ca.pem'), pem);
  return pem;
}

async function issue(
  dir: string,
  caPem: string,
  leaf: { subject: x509.Name; extensions: x509.Extension[] },
): Promise<{ cert: string; key: string }> {
  const ca = new x509.X509Certificate(caPem);
  const signingKey = await importKey(await readFile(join(dir, 'ca-key.pem'), 'utf8'));
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: leaf.subject,
    issuer: ca.subjectName,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    ...validity(LEAF_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      ...leaf.extensions,
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

/** Typed values: plain strings would be parsed for escapes and quotes. */
function nameOf(organization: string, commonName: string): x509.Name {
  return new x509.Name([{ O: [{ utf8String: organization }] }, { CN: [{ utf8String: commonName }] }]);
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
}

/** The PEM text of a certificate that is still good for a while and, if asked, was signed by the authority. */
async function readUsable(file: string, caPem?: string): Promise<string | undefined> {
  const pem = await readText(file);
  if (pem === undefined) return undefined;
  try {
    const certificate = new X509Certificate(pem);
    const isFresh = Date.parse(certificate.validTo) > Date.now() + RENEW_DAYS * DAY_MS;
    const isOurs = caPem === undefined || certificate.verify(new X509Certificate(caPem).publicKey);
    return isFresh && isOurs ? pem : undefined;
  } catch {
    return undefined;
  }
}

/** A usable certificate with the key that belongs to it: a crash may have left them from different issues. */
async function readPair(
  certFile: string,
  keyFile: string,
  caPem: string,
): Promise<{ cert: string; key: string } | undefined> {
  const [cert, key] = await Promise.all([readUsable(certFile, caPem), readText(keyFile)]);
  if (cert === undefined || key === undefined) return undefined;
  const belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  return belongs ? { cert, key } : undefined;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeWhole(file: string, text: string, mode = 0o644): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode });
  // The mode of writeFile applies to new files alone.
  await chmod(draft, mode);
  await rename(draft, file);
}

function writePrivate(file: string, text: string): Promise<void> {
  return writeWhole(file, text, 0o600);
}

/** Station ids may hold characters that mean something in a path. */
function fileName(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('*', '%2A')
    .replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length));
}
