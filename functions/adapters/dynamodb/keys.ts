import type { Counterparty } from '#core/cdrs/counterparty.ts';
import { DomainError } from '#core/errors.ts';
import type { Partner } from '#core/partners/partner.ts';
import type { GroupRef } from '#core/smart-charging/site.ts';
import type { ConnectorRef } from '#core/stations/station.ts';

/** An item's primary key. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** What tenants write to at once is spread over this many partitions of an index. */
const shardCount = 4;

/** DynamoDB allows 2048 bytes per partition key and 1024 per sort key: no id comes near, so none may break it. */
const longestId = 255;

/** The key of an item that is found before its tenant is known. */
export const lookupKeys = {
  tenant: (tenantId: string): Key => ({ pk: tenantPrefix(tenantId), sk: 'TENANT' }),
  slug: (slug: string): Key => ({ pk: `SLUG#${part(slug)}`, sk: 'TENANT' }),
  /** All tenants, on the index. */
  tenants: 'TENANTS',
  stationAuthority: { pk: 'CA#STATIONS', sk: 'CA' },
  apiClient: (clientId: string): Key => ({ pk: `CLIENT#${part(clientId)}`, sk: 'CLIENT' }),
};

/** All keys of one tenant, on tables and indexes: nothing else builds a key. Ids are escaped, never trusted. */
export function tenantKeys(tenantId: string) {
  const tenant = tenantPrefix(tenantId);
  const station = (stationId: string) => `${tenant}#ST#${part(stationId)}`;
  const session = (sessionId: string) => `${tenant}#S#${part(sessionId)}`;
  return {
    station: (stationId: string): Key => ({ pk: station(stationId), sk: 'STATION' }),
    stations: `${tenant}#STATIONS`,
    /** Where a station is on the map, by cell. */
    place: (stationId: string): Key => ({ pk: station(stationId), sk: 'PLACE' }),
    places: `${tenant}#PLACES`,
    location: (locationId: string): Key => ({ pk: `${tenant}#LOC#${part(locationId)}`, sk: 'LOCATION' }),
    locations: `${tenant}#LOCATIONS`,
    stationAtLocation: (locationId: string, stationId: string): Key => ({
      pk: `${tenant}#LOC#${part(locationId)}`,
      sk: `${stationPrefix}${bounded(stationId)}`,
    }),
    stationsAtLocation: (locationId: string) => `${tenant}#LOC#${part(locationId)}`,
    connected: (shard: number) => `${tenant}#CONNECTED#${shard}`,
    maintenance: (task: string): Key => ({ pk: `${tenant}#MAINTENANCE`, sk: task }),
    token: (uid: string): Key => ({ pk: `${tenant}#TOK#${part(uid)}`, sk: 'TOKEN' }),
    tokens: `${tenant}#TOKENS`,
    tokenChange: (uid: string): Key => ({ pk: `${tenant}#TOK#${part(uid)}`, sk: 'CHANGE' }),
    tokenUse: (uid: string): Key => ({ pk: `${tenant}#TOK#${part(uid)}`, sk: 'USE' }),
    user: (userId: string): Key => ({ pk: `${tenant}#USER#${part(userId)}`, sk: 'USER' }),
    users: `${tenant}#USERS`,
    userByEmail: (folded: string): Key => ({ pk: `${tenant}#EMAIL#${part(folded)}`, sk: 'EMAIL' }),
    userBySubject: (subject: string): Key => ({ pk: `${tenant}#SUBJECT#${part(subject)}`, sk: 'SUBJECT' }),
    partner: (partnerId: string): Key => ({ pk: `${tenant}#PARTNER#${part(partnerId)}`, sk: 'PARTNER' }),
    partnerChange: (partnerId: string): Key => ({
      pk: `${tenant}#PARTNER#${part(partnerId)}`,
      sk: 'CHANGE',
    }),
    partners: `${tenant}#PARTNERS`,
    partnerByParty: ({
      countryCode,
      partyId,
      role,
    }: Pick<Partner, 'countryCode' | 'partyId' | 'role'>): Key => ({
      pk: `${tenant}#PARTY#${part(countryCode)}#${part(partyId)}#${part(role)}`,
      sk: 'PARTY',
    }),
    tokenOfUser: (userId: string, uid: string): Key => ({
      pk: `${tenant}#USER#${part(userId)}`,
      sk: `${tokenPrefix}${bounded(uid)}`,
    }),
    tokensOfUser: (userId: string) => `${tenant}#USER#${part(userId)}`,
    tariff: (tariffId: string): Key => ({ pk: `${tenant}#TARIFF#${part(tariffId)}`, sk: 'TARIFF' }),
    tariffs: `${tenant}#TARIFFS`,
    tariffRevision: (tariffId: string, revision: number): Key => ({
      pk: `${tenant}#TARIFF#${part(tariffId)}`,
      sk: `${revisionPrefix}${String(revision).padStart(8, '0')}`,
    }),
    tariffRevisions: (tariffId: string) => `${tenant}#TARIFF#${part(tariffId)}`,
    tariffsOfTenant: { pk: tenant, sk: 'TARIFFS' },
    tariffsOfToken: (uid: string): Key => ({ pk: `${tenant}#TOK#${part(uid)}`, sk: 'TARIFFS' }),
    tariffsOfTokenGroup: (groupId: string): Key => ({
      pk: `${tenant}#TOKGROUP#${part(groupId)}`,
      sk: 'TARIFFS',
    }),
    tariffsOfStation: (stationId: string): Key => ({ pk: station(stationId), sk: 'TARIFFS' }),
    tariffsOfConnector: (stationId: string, connector: ConnectorRef): Key => ({
      pk: station(stationId),
      sk: `TARIFFS#${connectorName(connector)}`,
    }),
    tariffAssignments: `${tenant}#TARIFF_ASSIGNMENTS`,

    link: (stationId: string): Key => ({ pk: station(stationId), sk: 'LINK' }),
    live: (stationId: string): Key => ({ pk: station(stationId), sk: 'LIVE' }),
    stationLog: (stationId: string, day: string) => `${station(stationId)}#LOG#${day}`,
    limits: (stationId: string): Key => ({ pk: station(stationId), sk: 'LIMITS' }),

    deviceModel: (stationId: string) => `${station(stationId)}#MODEL`,
    component: (stationId: string, key: string): Key => ({
      pk: `${station(stationId)}#MODEL`,
      sk: bounded(key),
    }),
    report: (stationId: string, topic: string, requestId: number): Key => ({
      pk: `${station(stationId)}#REPORTS`,
      sk: `${topic}#${requestId}`,
    }),
    reportsOfStation: (stationId: string) => `${station(stationId)}#REPORTS`,
    monitor: (stationId: string, monitorId: number): Key => ({
      pk: `${station(stationId)}#MONITORS`,
      sk: String(monitorId).padStart(16, '0'),
    }),
    monitors: (stationId: string) => `${station(stationId)}#MONITORS`,
    stationEvent: (stationId: string, at: number, id: string): Key => ({
      pk: `${station(stationId)}#EVENTS`,
      sk: orderOf(at, id),
    }),
    stationEvents: (stationId: string) => `${station(stationId)}#EVENTS`,
    verdict: (stationId: string, subject: string): Key => ({
      pk: `${station(stationId)}#VERDICTS`,
      sk: bounded(subject),
    }),
    desired: (stationId: string): Key => ({ pk: station(stationId), sk: 'DESIRED' }),
    desiredOfModel: (model: string): Key => ({ pk: `${tenant}#MODEL#${part(model)}`, sk: 'DESIRED' }),
    settings: (stationId: string): Key => ({ pk: station(stationId), sk: 'SETTINGS' }),
    stationWords: (stationId: string): Key => ({ pk: station(stationId), sk: 'WORDS' }),

    localList: (stationId: string): Key => ({ pk: station(stationId), sk: 'LOCAL_LIST' }),
    localLists: `${tenant}#LOCAL_LISTS`,

    newcomer: (stationId: string): Key => ({ pk: `${tenant}#NEWCOMERS`, sk: bounded(stationId) }),
    newcomers: `${tenant}#NEWCOMERS`,

    charging: (stationId: string) => `${station(stationId)}#CHARGING`,
    chargingFact: (stationId: string, name: string): Key => ({
      pk: `${station(stationId)}#CHARGING`,
      sk: bounded(name),
    }),
    chargingSettings: (stationId?: string): Key => ({
      pk: stationId === undefined ? tenant : station(stationId),
      sk: 'CHARGING',
    }),
    siteLimit: (siteId: string): Key => ({ pk: `${tenant}#SITE#${part(siteId)}`, sk: 'LIMIT' }),
    siteLimits: `${tenant}#SITES`,
    allocation: (group: GroupRef): Key => ({
      pk: 'siteId' in group ? `${tenant}#SITE#${part(group.siteId)}` : station(group.stationId),
      sk: 'ALLOCATION',
    }),

    certificate: (stationId: string, certificateId: string): Key => ({
      pk: `${station(stationId)}#CERTS`,
      sk: bounded(certificateId),
    }),
    certificates: (stationId: string) => `${station(stationId)}#CERTS`,
    certificatesInUse: `${tenant}#CERTS`,
    trust: (stationId: string): Key => ({ pk: station(stationId), sk: 'TRUST' }),
    revoked: (stationId: string, serial: string): Key => ({
      pk: station(stationId),
      sk: `REVOKED#${bounded(serial)}`,
    }),
    trustAnchor: (anchorId: string): Key => ({ pk: `${tenant}#ANCHOR#${part(anchorId)}`, sk: 'ANCHOR' }),
    trustAnchors: `${tenant}#ANCHORS`,
    plugAndCharge: { pk: tenant, sk: 'PLUGANDCHARGE' },
    securityEvent: (stationId: string, at: number, id: string): Key => ({
      pk: `${station(stationId)}#SECURITY`,
      sk: orderOf(at, id),
    }),
    securityEvents: (stationId: string) => `${station(stationId)}#SECURITY`,
    attempts: (stationId: string, source: string): Key => ({
      pk: `${station(stationId)}#ATTEMPTS`,
      sk: bounded(source),
    }),

    session: (sessionId: string): Key => ({ pk: session(sessionId), sk: 'SESSION' }),
    entry: (sessionId: string, key: string): Key => ({
      pk: session(sessionId),
      sk: `${entryPrefix}${bounded(key)}`,
    }),
    entries: session,
    agreedPrice: (stationId: string, connector: ConnectorRef, uid: string): Key => ({
      pk: `${station(stationId)}#PRICES`,
      sk: `${connectorName(connector)}#${bounded(uid)}`,
    }),
    costClaim: (sessionId: string): Key => ({ pk: session(sessionId), sk: 'COST' }),
    sessionsOfStation: station,
    openSessionsOfStation: (stationId: string) => `${station(stationId)}#OPEN`,
    sessionsOfUser: (userId: string) => `${tenant}#U#${part(userId)}`,
    sessionsOfMonth: (month: string, shard: number) => `${tenant}#M#${month}#${shard}`,
    openSessions: (shard: number) => `${tenant}#OPEN#${shard}`,
    orphans: (stationId: string) => `${station(stationId)}#ORPHANS`,
    unfitMessage: (stationId: string, at: number, id: string): Key => ({
      pk: `${station(stationId)}#UNFIT`,
      sk: orderOf(at, id),
    }),
    unfitMessages: (stationId: string) => `${station(stationId)}#UNFIT`,
    readings: (stationId: string) => `${station(stationId)}#READINGS`,

    command: (stationId: string, commandId: string): Key => ({
      pk: `${station(stationId)}#CMD`,
      sk: bounded(commandId),
    }),
    commands: (stationId: string) => `${station(stationId)}#CMD`,
    commandById: (commandId: string) => `${tenant}#CMD#${part(commandId)}`,

    job: (stationId: string, jobId: string): Key => ({ pk: `${station(stationId)}#JOB`, sk: bounded(jobId) }),
    jobs: (stationId: string) => `${station(stationId)}#JOB`,
    jobById: (jobId: string) => `${tenant}#JOB#${part(jobId)}`,
    strayStatuses: (stationId: string) => `${station(stationId)}#STRAY`,
    firmware: (firmwareId: string): Key => ({ pk: `${tenant}#FW#${part(firmwareId)}`, sk: 'FIRMWARE' }),
    firmwares: `${tenant}#FIRMWARE`,
    campaign: (campaignId: string): Key => ({ pk: `${tenant}#CAMPAIGN#${part(campaignId)}`, sk: 'CAMPAIGN' }),
    campaignStation: (campaignId: string, stationId: string): Key => ({
      pk: `${tenant}#CAMPAIGN#${part(campaignId)}`,
      sk: `STATION#${bounded(stationId)}`,
    }),
    campaigns: `${tenant}#CAMPAIGNS`,

    alert: (alertId: string): Key => ({ pk: `${tenant}#ALERT#${part(alertId)}`, sk: 'ALERT' }),
    alertsOfMonth: (month: string) => `${tenant}#ALERTS#${month}`,
    alertsOfStation: (stationId: string) => `${station(stationId)}#ALERTS`,
    openAlerts: `${tenant}#ALERTS`,

    dataRoute: (vendorId: string, messageId: string | undefined): Key => ({
      pk: `${tenant}#DT#${part(vendorId)}`,
      sk: messageId === undefined ? 'ROUTE' : `ROUTE#${bounded(messageId)}`,
    }),
    dataRoutes: (vendorId: string) => `${tenant}#DT#${part(vendorId)}`,
    allDataRoutes: `${tenant}#DT`,
    dataTransfer: (stationId: string, order: string): Key => ({ pk: `${station(stationId)}#DT`, sk: order }),
    dataTransfers: (stationId: string) => `${station(stationId)}#DT`,

    displayMessage: (stationId: string, messageId: number): Key => ({
      pk: `${station(stationId)}#DISPLAY`,
      sk: `MESSAGE#${numberText(messageId)}`,
    }),
    displayReport: (stationId: string, requestId: number): Key => ({
      pk: `${station(stationId)}#DISPLAY`,
      sk: `REPORT#${numberText(requestId)}`,
    }),
    displayMessages: (stationId: string) => `${station(stationId)}#DISPLAY`,
    customerRequest: (stationId: string, requestId: number): Key => ({
      pk: `${station(stationId)}#CUSTOMER#${numberText(requestId)}`,
      sk: 'REQUEST',
    }),
    customerPart: (stationId: string, requestId: number, seqNo: number): Key => ({
      pk: `${station(stationId)}#CUSTOMER#${numberText(requestId)}`,
      sk: `PART#${numberText(seqNo)}`,
    }),
    customerParts: (stationId: string, requestId: number) =>
      `${station(stationId)}#CUSTOMER#${numberText(requestId)}`,

    reservation: (stationId: string, number: number): Key => ({
      pk: `${station(stationId)}#RES`,
      sk: String(number).padStart(10, '0'),
    }),
    reservationsOfStation: (stationId: string) => `${station(stationId)}#RESERVATIONS`,
    openReservations: (stationId: string) => `${station(stationId)}#RESERVATIONS#OPEN`,

    cdr: (cdrId: string): Key => ({ pk: `${tenant}#CDR#${part(cdrId)}`, sk: 'CDR' }),
    apiKey: (clientId: string): Key => ({ pk: `${tenant}#APIKEY#${part(clientId)}`, sk: 'APIKEY' }),
    apiKeys: `${tenant}#APIKEYS`,

    auditOfMonth: (month: string) => `${tenant}#AUDIT#${month}`,
    auditOfTarget: (target: string) => `${tenant}#AUDITOF#${part(target)}`,
    performed: (callId: string): Key => ({ pk: `${tenant}#PERFORMED#${part(callId)}`, sk: 'PERFORMED' }),

    /** Of one that was held back: there is one decision. */
    cdrResolution: (cdrId: string): Key => ({ pk: `${tenant}#CDR#${part(cdrId)}`, sk: 'RESOLUTION' }),
    /** Of events that came later: there may be several. */
    lateResolution: (cdrId: string, at: number): Key => ({
      pk: `${tenant}#CDR#${part(cdrId)}`,
      sk: `LATE#${timeText(at)}`,
    }),
    cdrsInReview: `${tenant}#CDRS#REVIEW`,
    dayOfStation: (stationId: string, date: string, timeZone: string): Key => ({
      pk: `${station(stationId)}#DAYS`,
      sk: `${date}#${bounded(timeZone)}`,
    }),
    daysOfStation: (stationId: string) => `${station(stationId)}#DAYS`,
    dayOfTenant: (shard: number, date: string, timeZone: string): Key => ({
      pk: `${tenant}#DAYS#${shard}`,
      sk: `${date}#${bounded(timeZone)}`,
    }),
    daysOfTenant: (shard: number) => `${tenant}#DAYS#${shard}`,
    counted: (factId: string): Key => ({ pk: `${tenant}#COUNTED#${part(factId)}`, sk: 'COUNTED' }),

    cdrsOfMonth: (month: string) => `${tenant}#CDRS#${month}`,
    cdrsOfStation: (stationId: string) => `${station(stationId)}#CDRS`,
    cdrsOfCounterparty: ({ kind, id }: Counterparty) => `${tenant}#${kind}#${part(id)}#CDRS`,
    /** That a CDR has its line on a statement. */
    cdrBooking: (cdrId: string): Key => ({ pk: `${tenant}#CDR#${part(cdrId)}`, sk: 'BOOKED' }),
    statementPart: (statementId: string, name: 'OPENED' | 'CLOSED' | 'ISSUED' | 'SETTLED'): Key => ({
      pk: `${tenant}#STMT#${part(statementId)}`,
      sk: name,
    }),
    statementLine: (statementId: string, cdrId: string): Key => ({
      pk: `${tenant}#STMT#${part(statementId)}`,
      sk: `LINE#${part(cdrId)}`,
    }),
    statementLines: (statementId: string) => ({
      partition: `${tenant}#STMT#${part(statementId)}`,
      from: 'LINE#',
      to: 'LINE#\u{10ffff}',
    }),
    /** That every statement of a month is issued. */
    finishedMonth: (month: string): Key => ({ pk: `${tenant}#FINISHED_MONTHS`, sk: part(month) }),
    finishedMonths: `${tenant}#FINISHED_MONTHS`,
    statementsOfMonth: (month: string) => `${tenant}#STATEMENTS#${part(month)}`,
    statementsOfCounterparty: ({ kind, id }: Counterparty) => `${tenant}#${kind}#${part(id)}#STATEMENTS`,
  };
}

export type TenantKeys = ReturnType<typeof tenantKeys>;

/** The place of a moment in a list by time; the id makes it unique, so that it can serve as a cursor. */
export function orderOf(at: number, id: string): string {
  return `${timeText(at)}#${bounded(id)}`;
}

/** Numbers of stations in an order of text; what no counter can have shown stays itself. */
function numberText(value: number): string {
  return String(value).padStart(12, '0');
}

/** Fourteen digits keep their order as text; moments before 1970 count as 1970. */
export function timeText(at: number): string {
  return String(Math.max(0, Math.trunc(at))).padStart(14, '0');
}

/** Where a session belongs among the shards of its tenant. */
export function shardOf(id: string): number {
  let hash = 7;
  for (let index = 0; index < id.length; index += 1) hash = (hash * 31 + id.charCodeAt(index)) >>> 0;
  return hash % shardCount;
}

export const shards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);

/** How a connector is called in attribute names and sort keys. */
export function connectorName({ evseId, connectorId }: ConnectorRef): string {
  return `${evseId}-${connectorId}`;
}

/** Which tokens a user has stands in the user's partition. */
export const tokenPrefix = 'TOKEN#';

/** Revisions share their tariff's partition. */
export const revisionPrefix = 'REVISION#';

/** Stations of a location share its partition. */
export const stationPrefix = 'STATION#';

/** Entries share their session's partition. Their keys' families (`C#…`, `E#…`, `R#…`) are each in order. */
export const entryPrefix = 'ENTRY#';

/** The tenant and the kind of thing a partition key belongs to; `undefined` for a key that names no tenant. */
export function partsOfKey(pk: string): { tenantId: string; rest: readonly string[] } | undefined {
  const [lead, tenantId, ...rest] = pk.split('#').map(unescapePart);
  return lead === 'T' && tenantId !== undefined ? { tenantId, rest } : undefined;
}

function tenantPrefix(tenantId: string): string {
  return `T#${part(tenantId)}`;
}

/** `#` separates the parts of a key: inside one it would let an id reach its neighbour's partition. */
function part(id: string): string {
  return bounded(id).replaceAll('%', '%25').replaceAll('#', '%23');
}

function unescapePart(text: string): string {
  return text.replaceAll('%23', '#').replaceAll('%25', '%');
}

function bounded(id: string): string {
  if (id === '' || id.length > longestId) {
    throw new DomainError('Validation', `an id has 1 to ${longestId} characters`);
  }
  return id;
}
