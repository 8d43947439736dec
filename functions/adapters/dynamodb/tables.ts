/**
 * The four tables, the indexes they need, and which question reads what. Read by the stores and by `infra/`;
 * there is no second copy. Keys are built in `keys.ts` alone. `T` stands for `T#{tenantId}`: it starts every
 * partition key but those of the two look-ups that happen before a tenant is known.
 *
 * Reads of a single thing are strongly consistent where marked `strong`; reads of several at once (`findStations`)
 * and of indexes are eventually consistent. KEYS_ONLY indexes are followed by a batch read of the items themselves.
 *
 * | Question (store method)                  | Table, index           | Partition                     | Sort                 |
 * |------------------------------------------|------------------------|-------------------------------|----------------------|
 * | findTenant                        strong | registry               | T                             | TENANT               |
 * | findTenantBySlug                  strong | registry               | SLUG#{slug}, then T           | TENANT               |
 * | findApiClient                     strong | registry               | CLIENT#{clientId}             | CLIENT               |
 * | findStation, findStations         strong | registry               | T#ST#{stationId}              | STATION              |
 * | listStations, countStations              | registry, byKind       | T#STATIONS                    | {stationId}          |
 * | listStations, of locations               | registry               | T#LOC#{locationId}            | STATION#{stationId}  |
 * | listPlaced                               | registry, byKind       | T#PLACES                      | {cell}#{stationId}   |
 * | findLocation, findLocations       strong | registry               | T#LOC#{locationId}            | LOCATION             |
 * | listLocations                            | registry, byKind       | T#LOCATIONS                   | {locationId}         |
 * | findToken, findTokens             strong | registry               | T#TOK#{uid}                   | TOKEN                |
 * | listTokens                               | registry, byKind       | T#TOKENS                      | {uid}                |
 * | (changes of tokens)                      | operations             | T#TOK#{uid}                   | CHANGE               |
 * | (changes of partners)                    | operations             | T#PARTNER#{partnerId}         | CHANGE               |
 * | findUse, findUses                 strong | operations             | T#TOK#{uid}                   | USE                  |
 * | findUser, findUsers               strong | registry               | T#USER#{userId}               | USER                 |
 * | findUserByEmail                   strong | registry               | T#EMAIL#{folded}, then USER   | EMAIL                |
 * | findUserBySubject                 strong | registry               | T#SUBJECT#{sub}, then USER    | SUBJECT              |
 * | listUsers                                | registry, byKind       | T#USERS                       | {userId}             |
 * | listTokensOfUser(s)               strong | registry               | T#USER#{userId}, then TOK     | TOKEN#{uid}          |
 * | findPartner                       strong | registry               | T#PARTNER#{partnerId}         | PARTNER              |
 * | (parties of partners)                    | registry               | T#PARTY#{party}#{role}        | PARTY                |
 * | listPartners                             | registry, byKind       | T#PARTNERS                    | {partnerId}          |
 * | findTariff, findTariffs           strong | registry               | T#TARIFF#{tariffId}           | TARIFF               |
 * | listTariffs                              | registry, byKind       | T#TARIFFS                     | {tariffId}           |
 * | findTariffAt, findRevision        strong | registry               | T#TARIFF#{tariffId}           | REVISION#{number}    |
 * | listRevisions                            | registry               | T#TARIFF#{tariffId}           | REVISION#{number}    |
 * | findAssignment                    strong | registry               | T, …#TOK, …#TOKGROUP, …#ST    | TARIFFS[#{connector}]|
 * | findAssignments (of tariffs)             | registry               | as each by itself             | TARIFFS[#{connector}]|
 * | listAssignments                          | registry, byKind       | T#TARIFF_ASSIGNMENTS          | {scope}              |
 * | findAgreement (of a price)        strong | operations             | T#ST#{stationId}#PRICES       | {connector}#{uid}    |
 * | findFirmware                      strong | registry               | T#FW#{firmwareId}             | FIRMWARE             |
 * | listFirmware                             | registry, byKind       | T#FIRMWARE                    | {firmwareId}         |
 * | findLink, findLinks               strong | operations             | T#ST#{stationId}              | LINK                 |
 * | listConnected, countConnected            | operations, open       | T#CONNECTED#{shard}           | {stationId}          |
 * | findMaintenance                   strong | operations             | T#MAINTENANCE                 | {task}               |
 * | findConnector                     strong | operations             | T#ST#{stationId}              | LIVE                 |
 * | findLive, findLives                      | operations             | T#ST#{stationId}              | LINK, LIVE           |
 * | findLimits                        strong | operations             | T#ST#{stationId}              | LIMITS               |
 * | findPolicy                        strong | registry               | T                             | TENANT               |
 * | findChoice (local lists)          strong | registry               | T#ST#{stationId}              | LOCAL_LIST           |
 * | listChoices                              | registry, byKind       | T#LOCAL_LISTS                 | {stationId}          |
 * | findList (local lists)            strong | operations             | T#ST#{stationId}              | LOCAL_LIST           |
 * | findNewcomer, listNewcomers              | operations             | T#NEWCOMERS                   | {stationId}          |
 * | listTenants                              | registry, byKind       | TENANTS                       | {tenantId}           |
 * | (certificate of the authority)    strong | registry               | CA#STATIONS                   | CA                   |
 * | findCertificate                   strong | operations             | T#ST#{stationId}#CERTS        | {certificateId}      |
 * | listCertificates                         | operations             | T#ST#{stationId}#CERTS        | {certificateId}      |
 * | listExpiring                             | operations, open       | T#CERTS                       | {notAfter}#{id}      |
 * | findTrust                         strong | operations             | T#ST#{stationId}              | TRUST                |
 * | isRevoked                         strong | registry               | T#ST#{stationId}              | REVOKED#{serial}     |
 * | listAnchors                              | registry, byKind       | T#ANCHORS                     | {anchorId}           |
 * | findSettings, of Plug & Charge    strong | registry               | T                             | PLUGANDCHARGE        |
 * | listEvents, of security                  | operations             | T#ST#{stationId}#SECURITY     | {at}#{digest}        |
 * | (failed attempts)                        | operations             | T#ST#{stationId}#ATTEMPTS     | {source}             |
 * | findDesired, of a station         strong | registry               | T#ST#{stationId}              | DESIRED              |
 * | findDesired, of a model           strong | registry               | T#MODEL#{model}               | DESIRED              |
 * | findAttempts                      strong | operations             | T#ST#{stationId}              | SETTINGS             |
 * | listAvailability, listNetworkProf… strong | operations            | T#ST#{stationId}              | WORDS                |
 * | findComponent                     strong | operations             | T#ST#{stationId}#MODEL        | {component}          |
 * | findComponents[Of], listComponents       | operations             | T#ST#{stationId}#MODEL        | {component}          |
 * | findReport                        strong | operations             | T#ST#{stationId}#REPORTS      | {topic}#{requestId}  |
 * | listReports                              | operations, byStation  | T#ST#{stationId}#REPORTS      | {requestedAt}#{id}   |
 * | findMonitor                       strong | operations             | T#ST#{stationId}#MONITORS     | {monitorId}          |
 * | listMonitors                             | operations             | T#ST#{stationId}#MONITORS     | {monitorId}          |
 * | listEvents                               | operations             | T#ST#{stationId}#EVENTS       | {at}#{eventId}#…     |
 * | findVerdict                       strong | operations             | T#ST#{stationId}#VERDICTS     | {subject}            |
 * | findSession, findSessions         strong | operations             | T#S#{sessionId}               | SESSION              |
 * | listLatestEntries, newest first          | operations             | T#S#{sessionId}               | ENTRY#{key}          |
 * | listEntries                       strong | operations             | T#S#{sessionId}               | ENTRY#{key}          |
 * | findLatestEntry                   strong | operations             | T#S#{sessionId}               | ENTRY#{key}, last    |
 * | listSessions, of the tenant              | operations, byTime     | T#M#{yyyy-mm}#{shard}         | {startedAt}#{id}     |
 * | listSessions, of a station               | operations, byStation  | T#ST#{stationId}[#OPEN]       | {startedAt}#{id}     |
 * | listSessions, of a user                  | operations, byUser     | T#U#{userId}                  | {startedAt}#{id}     |
 * | listOpenSessions, countOpenSessions      | operations, open       | T#OPEN#{shard}                | {startedAt}#{id}     |
 * | listOpenSessions, of a station           | operations, byStation  | T#ST#{stationId}#OPEN         | {startedAt}#{id}     |
 * | listOrphans                              | operations             | T#ST#{stationId}#ORPHANS      | {at}#{ref}           |
 * | listConnectorReadings                    | operations             | T#ST#{stationId}#READINGS     | {evse}-{conn}#{at}#… |
 * | listMessages, that could not be read     | operations             | T#ST#{stationId}#UNFIT        | {receivedAt}#{hash}  |
 * | findCommand                       strong | operations             | T#ST#{stationId}#CMD          | {commandId}          |
 * | listCommands                             | operations             | T#ST#{stationId}#CMD          | {commandId}          |
 * | listQueued                        strong | operations             | T#ST#{stationId}#CMD          | {commandId}, last    |
 * | findCommandById                          | operations, byCommand  | T#CMD#{commandId}             | {commandId}          |
 * | findJob                           strong | operations             | T#ST#{stationId}#JOB          | {jobId}              |
 * | listJobs                          strong | operations             | T#ST#{stationId}#JOB          | {jobId}              |
 * | findJobById                              | operations, byCommand  | T#JOB#{jobId}                 | {jobId}              |
 * | listStrays                               | operations             | T#ST#{stationId}#STRAY        | {at}#{status}        |
 * | findCampaign                      strong | operations             | T#CAMPAIGN#{campaignId}       | CAMPAIGN, STATION#…  |
 * | listCampaigns                            | operations, byTime     | T#CAMPAIGNS                   | {createdAt}#{id}     |
 * | findAlert                         strong | operations             | T#ALERT#{alertId}             | ALERT                |
 * | listAlerts                               | operations, byTime     | T#ALERTS#{yyyy-mm}            | {raisedAt}#{id}      |
 * | listAlerts, of a station                 | operations, byStation  | T#ST#{stationId}#ALERTS       | {raisedAt}#{id}      |
 * | listAlerts, open ones                    | operations, open       | T#ALERTS                      | {raisedAt}#{id}      |
 * | findRoutes (of data)              strong | registry               | T#DT#{vendorId}               | ROUTE[#{messageId}]  |
 * | listRoutes (of data)                     | registry, byKind       | T#DT                          | {vendor, message}    |
 * | listTransfers (of data)                  | operations             | T#ST#{stationId}#DT           | {at}#{id}            |
 * | listMessages (of a display)       strong | operations             | T#ST#{stationId}#DISPLAY      | MESSAGE#{id}         |
 * | (reports of a display)            strong | operations             | T#ST#{stationId}#DISPLAY      | REPORT#{requestId}   |
 * | findInformation (of a customer)   strong | operations             | …#CUSTOMER#{requestId}        | REQUEST, PART#{seq}  |
 * | findReservation                   strong | operations             | T#ST#{stationId}#RES          | {number}             |
 * | listReservations                         | operations, byStation  | T#ST#{stationId}#RESERVATIONS | {createdAt}#{id}     |
 * | listOpenReservations                     | operations, open       | …#RESERVATIONS#OPEN           | {createdAt}#{id}     |
 * | findCharging                      strong | operations             | T#ST#{stationId}#CHARGING     | {kind}#{id}          |
 * | findAllocation, of a site         strong | operations             | T#SITE#{siteId}               | ALLOCATION           |
 * | findAllocation, of a lone station strong | operations             | T#ST#{stationId}              | ALLOCATION           |
 * | findSettings (charging)           strong | registry               | T or T#ST#{stationId}         | CHARGING             |
 * | findSiteLimit                     strong | registry               | T#SITE#{siteId}               | LIMIT                |
 * | listSiteLimits                           | registry, byKind       | T#SITES                       | {siteId}             |
 * | findCdr, findCdrs                 strong | ledger                 | T#CDR#{cdrId}                 | CDR                  |
 * | (decisions about CDRs)            strong | ledger                 | T#CDR#{cdrId}                 | RESOLUTION, LATE#…   |
 * | listInReview                             | operations, open       | T#CDRS#REVIEW                 | {startedAt}#{id}     |
 * | listCdrs, of the tenant                  | ledger, byMonth        | T#CDRS#{yyyy-mm}              | {createdAt}#{cdrId}  |
 * | listCdrs, of a station                   | ledger, byStation      | T#ST#{stationId}#CDRS         | {createdAt}#{cdrId}  |
 * | listCdrs, of a counterparty              | ledger, byAccount      | T#{kind}#{id}#CDRS            | {createdAt}#{cdrId}  |
 * | findStatement                            | ledger                 | T#STMT#{statementId}          | OPENED, ISSUED, …    |
 * | listLines (of a statement)        strong | ledger                 | T#STMT#{statementId}          | LINE#{cdrId}         |
 * | listStatements, of a month               | ledger, byMonth        | T#STATEMENTS#{yyyy-mm}        | {openedAt}#{id}      |
 * | listStatements, of a counterparty        | ledger, byAccount      | T#{kind}#{id}#STATEMENTS      | {openedAt}#{id}      |
 * | findKey (of an API)               strong | registry               | T#APIKEY#{clientId}           | APIKEY               |
 * | listKeys (of an API)                     | registry, byKind       | T#APIKEYS                     | {clientId}           |
 * | listEntries (audit)                      | ledger                 | T#AUDIT#{yyyy-mm}             | {at}#{entryId}       |
 * | listEntries (audit), of one target       | ledger, byStation      | T#AUDITOF#{target}            | {at}#{entryId}       |
 * | begin (named calls)               strong | operations             | T#PERFORMED#{callId}          | PERFORMED            |
 * | listStationDays (counters)               | operations             | T#ST#{stationId}#DAYS         | {date}#{timeZone}    |
 * | listTenantDays (counters)                | operations             | T#DAYS#{shard}                | {date}#{timeZone}    |
 * | (facts that were counted)                | operations             | T#COUNTED#{factId}            | COUNTED              |
 * | read (station log)                       | journal                | T#ST#{stationId}#LOG#{day}    | {at}#{entryId}       |
 */

/** A secondary index: single string attributes as keys; items without them are not in it. */
export interface IndexDeclaration {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly projection: 'KEYS_ONLY' | 'ALL';
}

/** What a table is. All key attributes are strings; capacity is on demand. */
export interface TableDeclaration {
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly indexes: readonly IndexDeclaration[];
  /** The attribute with the epoch second after which an item may go. */
  readonly timeToLive?: string;
  /** Whether changes leave through a stream, with new and old images. */
  readonly stream: boolean;
  readonly protection: {
    readonly pointInTimeRecovery: boolean;
    readonly deletionProtection: boolean;
  };
}

export type TableRole = 'registry' | 'operations' | 'ledger' | 'journal';

const guarded = { pointInTimeRecovery: true, deletionProtection: true };

export const tables: Readonly<Record<TableRole, TableDeclaration>> = {
  /** What operators own. Written by people: the list index may hold whole items, so that filters work on it. */
  registry: {
    partitionKey: 'pk',
    sortKey: 'sk',
    indexes: [{ name: 'byKind', partitionKey: 'byKindPk', sortKey: 'byKindSk', projection: 'ALL' }],
    stream: false,
    protection: guarded,
  },
  /**
   * What happens. The indexes share one sort attribute, `order`, because a session stands in all of them by the
   * same time: a copy for each would push its head over the 1 KB that one write unit carries.
   */
  operations: {
    partitionKey: 'pk',
    sortKey: 'sk',
    indexes: [
      { name: 'byStation', partitionKey: 'byStationPk', sortKey: 'order', projection: 'KEYS_ONLY' },
      { name: 'byTime', partitionKey: 'byTimePk', sortKey: 'order', projection: 'KEYS_ONLY' },
      { name: 'byUser', partitionKey: 'byUserPk', sortKey: 'order', projection: 'KEYS_ONLY' },
      { name: 'open', partitionKey: 'openPk', sortKey: 'order', projection: 'KEYS_ONLY' },
      { name: 'byCommand', partitionKey: 'byCommandPk', sortKey: 'order', projection: 'KEYS_ONLY' },
    ],
    timeToLive: 'expiresAtS',
    stream: true,
    protection: guarded,
  },
  /** What was billed. Nothing here is ever changed or deleted. */
  ledger: {
    partitionKey: 'pk',
    sortKey: 'sk',
    indexes: [
      { name: 'byMonth', partitionKey: 'byMonthPk', sortKey: 'order', projection: 'KEYS_ONLY' },
      { name: 'byStation', partitionKey: 'byStationPk', sortKey: 'order', projection: 'KEYS_ONLY' },
      { name: 'byAccount', partitionKey: 'byAccountPk', sortKey: 'order', projection: 'KEYS_ONLY' },
    ],
    stream: false,
    protection: guarded,
  },
  /** What stations said, word for word, for days. Nothing follows from it, so it has no stream and no way back. */
  journal: {
    partitionKey: 'pk',
    sortKey: 'sk',
    indexes: [],
    timeToLive: 'expiresAtS',
    stream: false,
    protection: { pointInTimeRecovery: false, deletionProtection: true },
  },
};
