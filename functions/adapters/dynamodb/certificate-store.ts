import * as z from 'zod';
import type { StationCertificate } from '#core/certificates/certificate.ts';
import type { CertificateStore, StationTrust } from '#core/certificates/certificate-store.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { orderOf, timeText } from './keys.ts';
import { listPartition } from './partition-list.ts';
import { getItem, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import { certificatePurpose, installedCertificate } from './security-schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

/** How long a certificate can be looked up after its end, and a request that led to none. */
const keptDays = 400;

const certificateSchema = z.object({
  certificateId: text,
  stationId: text,
  purpose: certificatePurpose,
  state: z.enum([
    'REQUESTED',
    'REFUSED',
    'ISSUED',
    'SENT',
    'INSTALLED',
    'REJECTED',
    'REVOKED',
    'EXPIRED',
    'SUPERSEDED',
  ]),
  csr: text,
  askedAt: whole,
  stateAt: whole,
  issued: z
    .object({ serial: text, subject: text, notBefore: whole, notAfter: whole, chain: text })
    .exactOptional(),
  delivery: z.object({ commandId: text, askedAt: whole }).exactOptional(),
  renewalDay: text.exactOptional(),
  reason: text.exactOptional(),
}) satisfies z.ZodType<StationCertificate>;

export const readCertificate = itemReader<StationCertificate>('certificate', certificateSchema);

const readTrust = itemReader<StationTrust>(
  'trust store of a station',
  z.object({
    certificates: z.array(installedCertificate),
    reportedAt: whole.exactOptional(),
    revision: whole,
  }) satisfies z.ZodType<StationTrust>,
);

/** States in which a certificate has an end that matters. */
const runs: ReadonlySet<string> = new Set(['ISSUED', 'SENT', 'INSTALLED']);

/** Certificates of one tenant's stations and what the stations trust, in `operations`. */
export function certificateStore(context: StoreContext): CertificateStore {
  const { client, keys } = context;
  const table = context.tables.operations;
  return {
    async request({ stationId, certificateId, purpose, csr, askedAt }) {
      const key = keys.certificate(stationId, certificateId);
      const item = {
        ...{ stationId, certificateId, purpose, csr, askedAt },
        state: 'REQUESTED',
        stateAt: askedAt,
        expiresAtS: Math.floor(askedAt / 1000) + keptDays * secondsPerDay,
      };
      if ((await put(client, putNew(table, key, item))).done) return;
      const again = new Update().set('askedAt', askedAt);
      again.when(`${again.name('askedAt')} < ${again.value(askedAt)}`);
      await update(client, again.for(table, key));
    },

    async findCertificate(stationId, certificateId) {
      const item = await getItem(client, table, keys.certificate(stationId, certificateId));
      return item && readCertificate(item);
    },

    listCertificates(stationId, page) {
      const partition = keys.certificates(stationId);
      const list = { name: 'certificates', partition, newestFirst: false, read: readCertificate };
      return listPartition(context, list, page);
    },

    async keepIssued(stationId, certificateId, issued, at) {
      const change = new Update().setAll({
        ...{ issued, state: 'ISSUED', stateAt: at },
        openPk: keys.certificatesInUse,
        order: orderOf(issued.notAfter, certificateId),
        expiresAtS: Math.floor(issued.notAfter / 1000) + keptDays * secondsPerDay,
      });
      change.when(`${change.name('state')} = ${change.value('REQUESTED')}`);
      const { done } = await update(client, change.for(table, keys.certificate(stationId, certificateId)));
      return done ? 'kept' : 'not-requested';
    },

    async noteDelivery(stationId, certificateId, delivery, at) {
      const change = new Update().setAll({ delivery, state: 'SENT', stateAt: at });
      const [state, before] = [change.name('state'), change.name('delivery')];
      const states = ['ISSUED', 'SENT', 'INSTALLED', 'REJECTED'].map((name) => change.value(name));
      change.set('openPk', keys.certificatesInUse).when(`${state} IN (${states.join(', ')})`);
      const askedFor = `${before}.${change.name('askedAt')} < ${change.value(delivery.askedAt)}`;
      change.when(`attribute_not_exists(${before}) OR ${askedFor}`);
      const key = keys.certificate(stationId, certificateId);
      const { done, ...refusal } = await update(client, change.for(table, key));
      if (done) return delivery.commandId;
      const found = 'found' in refusal && refusal.found ? readCertificate(refusal.found) : undefined;
      return found?.delivery?.askedAt === delivery.askedAt ? found.delivery.commandId : undefined;
    },

    async changeState(stationId, certificateId, { from, to, at, reason }) {
      const change = new Update().setAll({ state: to, stateAt: at });
      if (reason !== undefined) change.set('reason', reason);
      if (!runs.has(to)) change.remove('openPk');
      else change.set('openPk', keys.certificatesInUse);
      const states = from.map((state) => change.value(state));
      change.when(`${change.name('state')} IN (${states.join(', ')})`);
      const { done } = await update(client, change.for(table, keys.certificate(stationId, certificateId)));
      return done ? 'changed' : 'not-so';
    },

    listExpiring(before, page) {
      const list = {
        name: 'expiring certificates',
        index: 'open',
        partition: keys.certificatesInUse,
        to: timeText(before),
        newestFirst: false,
        read: readCertificate,
      };
      return listPartition(context, list, page);
    },

    async noteRenewal(stationId, certificateId, day) {
      const change = new Update().set('renewalDay', day);
      const noted = change.name('renewalDay');
      change.when(`attribute_exists(${change.name('pk')})`);
      change.when(`attribute_not_exists(${noted}) OR ${noted} < ${change.value(day)}`);
      const { done } = await update(client, change.for(table, keys.certificate(stationId, certificateId)));
      return done ? 'noted' : 'noted-before';
    },

    async findTrust(stationId) {
      const item = await getItem(client, table, keys.trust(stationId));
      return item ? readTrust(item) : { certificates: [], revision: 0 };
    },

    async saveTrust(stationId, { certificates, reportedAt, revision }) {
      const change = new Update().setAll({ stationId, certificates, reportedAt, revision });
      const stored = change.name('revision');
      if (revision === 1) change.when(`attribute_not_exists(${stored})`);
      else change.when(`${stored} = ${change.value(revision - 1)}`);
      const { done } = await update(client, change.for(table, keys.trust(stationId)));
      return done ? 'saved' : 'changed-meanwhile';
    },
  };
}
