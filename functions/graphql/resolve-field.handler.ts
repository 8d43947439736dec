import { closeConnection } from '#adapters/apigateway/post-to-connection.ts';
import { digest } from '#adapters/crypto/digest.ts';
import { newSecret } from '#adapters/crypto/new-secret.ts';
import { stationSecrets } from '#adapters/crypto/station-secrets.ts';
import { tenantSeal } from '#adapters/crypto/tenant-seal.ts';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { readSecret } from '#adapters/secrets/read-secret.ts';
import { stepsOf } from '#adapters/sqs/maintenance-steps.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { lostEntryMessage } from '#core/audit/record-change.ts';
import { DomainError, type DomainErrorCode } from '#core/errors.ts';
import type { Attempt } from '#core/idempotency/perform-once.ts';
import { securityProfiles } from '#core/stations/security-profiles.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { readOcpiSession } from '../ocpi/charging-period.ts';
import { readOcpiTariff } from '../ocpi/tariff.ts';
import { callDesk } from '../ocpp/call-desk.ts';
import { withinAnswer } from './answer-size.ts';
import {
  type Caller,
  checkLists,
  type FieldError,
  type FieldRequest,
  parseFieldRequest,
} from './field-request.ts';
import { batchedFields, fields } from './fields.ts';
import { withUser } from './own-data.ts';
import { type MutationPorts, performMutation, recordLook } from './perform-mutation.ts';
import { publicationMemory } from './publications.ts';
import type { GraphqlServices } from './services.ts';

const tables = tableNames('registry', 'operations', 'ledger');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);
const memory = publicationMemory();
const hangUp = closeConnection(setting('STATION_API_ENDPOINT'));
const pepperArn = setting('PEPPER_SECRET_ARN');
const maintenanceQueue = setting('MAINTENANCE_QUEUE_URL');
const timersQueue = setting('TIMERS_QUEUE_URL');
const allowedProfiles = securityProfiles(setting('ALLOWED_SECURITY_PROFILES'));

/**
 * Every GraphQL field that is not answered by its resolver alone: one request, or a batch of requests for the same
 * field by the same caller. Refusals are answers (`error`), so that one of a batch does not fail the others.
 */
export const handler = door(async (event: unknown): Promise<unknown> => {
  if (!Array.isArray(event)) return resolveOne(parseFieldRequest(event));
  return resolveMany(event.map(parseFieldRequest));
});

async function resolveOne(request: FieldRequest): Promise<unknown> {
  const resolve = fields[request.field];
  if (!resolve) {
    const [result] = await resolveMany([request]);
    return result;
  }
  const { field } = request;
  const services = servicesOf(request.caller.tenantId);
  return refusable(async () => {
    checkLists(request.arguments);
    const caller = await admit(request.caller, services);
    const ask = (asked: FieldRequest, attempt?: Attempt) =>
      resolve({ ...asked, caller }, { ...services, ...attempt });
    const ports = portsOfMutations(services);
    // The bus publishes what happened: nobody changed anything, and what is told twice is heard twice.
    if (field.startsWith('Mutation.publish')) return ask(request);
    if (field.startsWith('Mutation.')) return performMutation(ports, request, ask);
    const answer = await (caller.fromPlatform
      ? recordLook(ports, request, () => ask(request))
      : ask(request));
    return withinAnswer([answer])[0];
  });
}

async function resolveMany(requests: readonly FieldRequest[]): Promise<readonly unknown[]> {
  const [first] = requests;
  if (!first) return [];
  const resolve = batchedFields[first.field];
  if (!resolve) throw new Error(`no field ${first.field}`);
  const sameCaller = requests.every(
    ({ field, caller }) => field === first.field && caller.tenantId === first.caller.tenantId,
  );
  if (!sameCaller) throw new Error('a batch holds one field of one tenant');
  const result = await refusable(async () => {
    const services = servicesOf(first.caller.tenantId);
    const caller = await admit(first.caller, services);
    return resolve(
      requests.map((request) => ({ ...request, caller })),
      services,
    );
  });
  return Array.isArray(result) ? withinAnswer(result) : requests.map(() => result);
}

/** The tenant that a member of the platform names must be there; everybody else's comes from the token. */
async function admit(caller: Caller, services: GraphqlServices): Promise<Caller> {
  const { tenantId, fromPlatform } = caller;
  if (!fromPlatform || (await directory.findTenant(tenantId))) return withUser(caller, services);
  throw new DomainError('NotFound', 'there is no such tenant', 'x-tenant-id');
}

/** Refusals that GraphQL has another word for. */
const errorTypes: Readonly<Partial<Record<DomainErrorCode, string>>> = {
  NotAllowed: 'Unauthorized',
  TooLarge: 'Validation',
  StationRefused: 'Conflict',
};

/** Of stores, which call what their lists take by names of their own. */
const argumentNames: Readonly<Record<string, string>> = { cursor: 'nextToken' };

async function refusable(work: () => Promise<unknown>): Promise<unknown | FieldError> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    logger.info('refused', { code: error.code, message: error.message });
    const { code, message, field } = error;
    const type = errorTypes[code] ?? code;
    if (field === undefined) return { error: { type, message } };
    return { error: { type, message, field: argumentNames[field] ?? field } };
  }
}

function portsOfMutations({ audit, performed, tenantId }: ReturnType<typeof servicesOf>): MutationPorts {
  return {
    audit,
    performed,
    ...tenantSeal(tenantId, () => readSecret(pepperArn)),
    isSecret: callDesk.isSecret,
    onLost: (entry, error) => {
      logger.error(lostEntryMessage, { entry, error });
    },
    clock: systemClock,
    newId,
    digest,
  };
}

function servicesOf(tenantId: string): GraphqlServices & Pick<MutationPorts, 'performed'> {
  return {
    tenantId,
    ...openStores({ client, tables, tenantId }),
    ...stationSecrets(tenantId, () => readSecret(pepperArn)),
    allowedProfiles,
    closeConnection: async (connectionId) => {
      await hangUp(connectionId);
    },
    tenants: directory,
    findTenant: async () => {
      const tenant = await directory.findTenant(tenantId);
      if (!tenant) throw new DomainError('NotFound', 'the caller belongs to no tenant of this system');
      return tenant;
    },
    calls: callDesk,
    handOn: stepsOf(maintenanceQueue, tenantId),
    setTimer: timersOf(timersQueue, tenantId),
    memory,
    verifySigned: verifyMeterValue,
    quoteReaders: { readTariff: readOcpiTariff, readSession: readOcpiSession },
    clock: systemClock,
    newSecret,
    newId,
    digest,
  };
}
