import { Duration } from 'aws-cdk-lib';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { certificateRequested } from '#contracts/certificate-requested.v1.ts';
import { chargingChanged } from '#contracts/charging-changed.v1.ts';
import { commandSettled, followedFailures, followedRequests } from '#contracts/command-settled.v1.ts';
import { jobChanged } from '#contracts/job-changed.v1.ts';
import { reservationChanged } from '#contracts/reservation-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionEventDelayed } from '#contracts/session-event-delayed.v1.ts';
import { sessionIdentified } from '#contracts/session-identified.v1.ts';
import { sessionMetered } from '#contracts/session-metered.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { siteBalanceDue } from '#contracts/site-balance-due.v1.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { stationConnectionChanged } from '#contracts/station-connection-changed.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { tokenChanged } from '#contracts/token-changed.v1.ts';
import { ofAuthority, readItems, writeItems } from '../constructs/csms-table.ts';
import type { Contract } from '../constructs/event-workers.ts';
import type { QueuedWork, QueueWorker } from '../constructs/worker.ts';
import type { StageConfig } from '../stages.ts';
import type { ApiStack } from './api-stack.ts';
import type { DataStack } from './data-stack.ts';

/** Which events lead to which work. */
export interface EventWork extends QueuedWork {
  /** What fills the queue, by the ids of the rules. */
  readonly events: Readonly<Record<string, EventChoice>>;
  /** Grants beside the tables. */
  readonly alsoMay?: (made: QueueWorker, given: { readonly data: DataStack; readonly api: ApiStack }) => void;
}

interface EventChoice {
  readonly contracts: readonly Contract[];
  /** What of them: those whose detail fits. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What most workers do: look up what operators own, and change what happens. */
const operate = { registry: readItems, operations: [...readItems, ...writeItems] } as const;

const connectorIs = (...status: readonly string[]) => ({ connector: { status } });

/** What happens after events, by the ids of its queues: each with the function that works it off. */
export function eventWork(stage: StageConfig): Readonly<Record<string, EventWork>> {
  return { Rating: rating(stage), ...alike };
}

function rating({ rating: { settleSeconds, graceSeconds } }: StageConfig): EventWork {
  return {
    door: 'workers/rate-session',
    description: 'Makes the charge detail record of an ended session',
    tables: {
      registry: readItems,
      operations: [...readItems, ...writeItems],
      ledger: [...readItems, 'PutItem'],
    },
    environment: { RATING_GRACE_SECONDS: String(graceSeconds) },
    // A session whose events are not complete waits here for its grace.
    oldestAllowed: Duration.seconds(graceSeconds + 900),
    ...(settleSeconds > 0 ? { rest: Duration.seconds(settleSeconds) } : {}),
    isMoney: true,
    collected: Duration.seconds(1),
    alsoMay({ queue, worker }) {
      queue.filledBy(worker, 'RATING_QUEUE_URL');
      worker.lambda.addEnvironment('RATING_ATTEMPTS', String(queue.attempts));
    },
    events: { SessionsToRate: { contracts: [sessionEnded, sessionEventDelayed] } },
  };
}

/** The same in all stages. */
const alike: Readonly<Record<string, EventWork>> = {
  AfterCommands: {
    door: 'workers/after-command',
    description: 'Does what is left to do once a command has ended',
    tables: { ...operate, registry: [...readItems, ...writeItems] },
    oldestAllowed: Duration.minutes(5),
    events: {
      CommandsEnded: { contracts: [commandSettled], detail: { request: followedRequests } },
      CommandsFailed: {
        contracts: [commandSettled],
        detail: { request: followedFailures, state: ['FAILED'] },
      },
    },
  },
  Reconcile: {
    door: 'workers/station-booted',
    description: 'Brings stations to what is desired of them once they have booted',
    tables: operate,
    oldestAllowed: Duration.minutes(5),
    events: { StationsBooted: { contracts: [stationBooted] } },
  },
  SiteBalance: {
    door: 'workers/balance-sites',
    description: 'Divides what sites may draw among their sessions',
    tables: operate,
    oldestAllowed: Duration.minutes(5),
    collected: Duration.seconds(1),
    events: {
      SharesDue: {
        contracts: [
          sessionStarted,
          sessionIdentified,
          sessionEnded,
          chargingChanged,
          siteBalanceDue,
          stationConnectionChanged,
        ],
      },
    },
  },
  Certificates: {
    door: 'workers/issue-certificates',
    description: 'Signs the certificates that stations ask for',
    tables: operate,
    oldestAllowed: Duration.minutes(5),
    alsoMay: ({ worker }, { data }) => {
      data.tables.registry.allow(worker, ['GetItem', 'PutItem'], ofAuthority);
      worker.lambda.addEnvironment('STATION_CA_KEY_ARN', data.stationCa.key.keyArn);
      data.stationCa.allowSigning(worker);
    },
    events: { CertificatesRequested: { contracts: [certificateRequested] } },
  },
  Jobs: {
    door: 'workers/job-changed',
    description: 'Goes on where a firmware or log job came to another state',
    tables: operate,
    timeout: Duration.seconds(60),
    oldestAllowed: Duration.minutes(10),
    alsoMay: ({ worker }, { api }) => api.timers.maySet(worker),
    events: { JobsChanged: { contracts: [jobChanged] } },
  },
  Sessions: {
    door: 'workers/follow-sessions',
    description: 'Follows up sessions and reservations',
    tables: operate,
    oldestAllowed: Duration.minutes(5),
    collected: Duration.seconds(1),
    alsoMay: ({ worker }, { api }) => api.timers.maySet(worker),
    events: {
      SessionsChanged: {
        contracts: [reservationChanged, sessionStarted, sessionIdentified, sessionEnded, stationBooted],
      },
      ConnectorsFree: { contracts: [stationStatusChanged], detail: connectorIs('AVAILABLE') },
      ConnectorsOut: { contracts: [stationStatusChanged], detail: connectorIs('FAULTED', 'UNAVAILABLE') },
    },
  },
  CostsShown: {
    door: 'workers/tell-cost',
    description: 'Tells stations what sessions cost so far',
    tables: operate,
    oldestAllowed: Duration.minutes(5),
    collected: Duration.seconds(5),
    events: { SessionsMetered: { contracts: [sessionMetered] } },
  },
  LocalLists: {
    door: 'workers/update-local-lists',
    description: 'Sends stations what changed of the tokens that they know by themselves',
    tables: operate,
    // A tenant may have thousands of stations with lists.
    timeout: Duration.minutes(2),
    oldestAllowed: Duration.minutes(15),
    events: { TokensChanged: { contracts: [tokenChanged] } },
  },
  Settlement: {
    door: 'workers/book-cdr',
    description: 'Puts CDRs on the statements of who pays for them',
    tables: { registry: readItems, ledger: [...readItems, 'PutItem', 'ConditionCheckItem'] },
    isMoney: true,
    oldestAllowed: Duration.minutes(15),
    collected: Duration.seconds(2),
    // All of a day add to the same counters: more at once would be in each other's way.
    atOnce: 2,
    events: { CdrsToSettle: { contracts: [cdrIssued] } },
  },
  Analytics: {
    door: 'workers/count-events',
    description: 'Adds CDRs and faults to the counters of their days',
    tables: { registry: readItems, operations: writeItems, ledger: readItems },
    timeout: Duration.seconds(60),
    oldestAllowed: Duration.minutes(15),
    collected: Duration.seconds(2),
    events: {
      CdrsToCount: { contracts: [cdrIssued] },
      FaultsToCount: { contracts: [stationStatusChanged], detail: connectorIs('FAULTED') },
    },
  },
};
