import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { postToConnection } from '#adapters/apigateway/post-to-connection.ts';
import { stationSecrets } from '#adapters/crypto/station-secrets.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { stationFiles } from '#adapters/s3/station-files.ts';
import { tenantFiles } from '#adapters/s3/tenant-files.ts';
import { readSecret } from '#adapters/secrets/read-secret.ts';
import { sendMessage } from '#adapters/sqs/send.ts';
import { commandRequested } from '#contracts/command-requested.v1.ts';
import { dispatchCommands, type SendCall } from '#core/commands/dispatch-commands.ts';
import { fileLink } from '#core/jobs/follow-link.ts';
import { type HandOutPorts, handOutFile } from '#core/jobs/hand-out-file.ts';
import { isAwaited } from '#core/security/settle-password.ts';
import { systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { logger, recordLogger } from '#platform/logger.ts';
import { encodeCommand } from './calls.ts';
import { longestAddress } from './job-statuses.ts';
import { openCommand } from './sealed-secrets.ts';
import { writeStationLog } from './station-log-lines.ts';
import { isSubprotocol } from './subprotocols.ts';
import { loadVersion } from './versions.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const post = postToConnection(setting('STATION_API_ENDPOINT'));
const ownQueue = setting('OUTBOUND_CALLS_QUEUE_URL');
const timeoutsQueue = setting('COMMAND_TIMEOUTS_QUEUE_URL');
const files = stationFiles({ bucket: setting('FILES_BUCKET') });
const linksUrl = setting('FILE_LINKS_URL');
const pepperArn = setting('PEPPER_SECRET_ARN');

/** Over how long a time those come back that were too many at once. */
const busySpreadMs = 9_000;

/** An event that says something changed about a station's commands, or our own reminder in the same form. */
const messageShape = z.object({
  'detail-type': z.string().optional(),
  detail: z.object({ tenantId: z.string(), stationId: z.string(), commandId: z.string().optional() }),
});

/** Sends stations the next of their commands: one at a time, when their slot is free and they may be called. */
export const handler = door(async ({ Records }: SQSEvent) =>
  eachRecord(
    Records,
    (record) => record.messageId,
    async (record) => {
      const message = messageShape.parse(JSON.parse(record.body));
      const { tenantId, stationId, commandId } = message.detail;
      const isMade = message['detail-type'] === commandRequested.detailType;
      const made = isMade && commandId !== undefined ? { madeId: commandId } : {};
      const { retryAfterMs, isBusy } = await dispatchCommands(portsOf(tenantId), { stationId, ...made });
      if (retryAfterMs === undefined) return;
      const body = JSON.stringify({ detail: { tenantId, stationId } });
      const spreadMs = isBusy ? Math.random() * busySpreadMs : 0;
      await sendMessage({ queueUrl: ownQueue, body, delaySeconds: (retryAfterMs + spreadMs) / 1_000 });
    },
  ),
);

function portsOf(tenantId: string) {
  const { live, commands } = openStores({ client, tables, tenantId });
  return {
    live,
    commands,
    clock: systemClock,
    send: sendFor(tenantId),
    scheduleExpiry: async (due: { stationId: string; commandId: string; at: number }) => {
      const { stationId, commandId, at } = due;
      await sendMessage({
        queueUrl: timeoutsQueue,
        body: JSON.stringify({ tenantId, stationId, commandId }),
        delaySeconds: (at - systemClock()) / 1_000,
      });
    },
  };
}

/** Addresses of files are signed when they are sent: they do not outlive the credentials they were signed with. */
function handOutPortsOf(tenantId: string): HandOutPorts {
  const { jobs } = openStores({ client, tables, tenantId });
  const linkOf = fileLink(linksUrl, tenantId);
  return { jobs, files: tenantFiles(files, tenantId), clock: systemClock, linkOf };
}

const superseded = {
  refused: {
    code: 'Superseded',
    message: 'the change of the password was taken back, or another came after it',
  },
};

/** A failure on the way out says as little about delivery as a lost connection does. */
const sendFor =
  (tenantId: string): SendCall =>
  async (link, command) => {
    const { connectionId, protocol = '' } = link;
    if (connectionId === undefined) return 'gone';
    if (!isSubprotocol(protocol)) {
      return { refused: { code: 'NotSupported', message: `nothing is spoken here called "${protocol}"` } };
    }
    if (command.request.kind === 'SET_PASSWORD') {
      const stores = openStores({ client, tables, tenantId });
      if (!(await isAwaited(stores, command))) return superseded;
    }
    const withFile = await handOutFile(handOutPortsOf(tenantId), command, (request) =>
      longestAddress(protocol, request),
    );
    const { stationId, name: action } = command;
    const version = await loadVersion(protocol);
    const { openSecret } = stationSecrets(tenantId, () => readSecret(pepperArn));
    const readable = await openCommand(version, withFile, (sealed) => openSecret(stationId, sealed));
    const call = encodeCommand(version, readable, link);
    if ('refused' in call) return call;
    const at = systemClock();
    const log = (decision: string) =>
      writeStationLog(
        recordLogger,
        { tenantId, stationId, connectionId },
        { at, direction: 'OUT', frame: call.frame, action, decision, latencyMs: systemClock() - at },
      );
    try {
      const result = await post(connectionId, call.frame);
      log(result);
      return result;
    } catch (error) {
      log('failed');
      logger.error('a call may not have left', { stationId, commandId: command.commandId, error });
      return 'gone';
    }
  };
