import * as z from 'zod';
import type { CommandRequest } from '#core/commands/command-request.ts';
import { chargingProfile, profilePurpose, rateUnit } from './charging-items.ts';
import { jobRequests } from './job-requests.ts';
import {
  authorizationStatus,
  connectorRef,
  reservedPlace,
  text,
  tokenForm,
  tokenType,
  whole,
} from './schemas.ts';
import { certificateHash, certificatePurpose, securityProfile, trustUse } from './security-schemas.ts';

const listedToken = { uid: text, tokenType, form: tokenForm.exactOptional() };
const startingToken = z.object({ ...listedToken, groupId: text.exactOptional() });

/** Every kind of request, as commands keep it. */
export const commandRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('START_SESSION'),
    connector: connectorRef,
    token: startingToken,
    remoteStartId: whole,
    chargingProfile: chargingProfile.exactOptional(),
  }),
  z.object({ kind: z.literal('STOP_SESSION'), sessionId: text, transactionRef: text }),
  z.object({ kind: z.literal('RESET'), when: z.enum(['NOW', 'WHEN_IDLE']), evseId: whole.exactOptional() }),
  z.object({ kind: z.literal('UNLOCK'), connector: connectorRef }),
  z.object({ kind: z.literal('ASK_FOR_BOOT') }),
  z.object({
    kind: z.literal('SEND_LOCAL_LIST'),
    update: z.enum(['FULL', 'DIFFERENTIAL']),
    version: whole,
    entries: z.array(
      z.object({
        ...listedToken,
        status: authorizationStatus,
        groupId: text.exactOptional(),
        expiresAt: whole.exactOptional(),
        evseIds: z.array(whole).exactOptional(),
        priority: whole.exactOptional(),
        language: text.exactOptional(),
      }),
    ),
    removed: z.array(z.object(listedToken)),
  }),
  z.object({ kind: z.literal('GET_LOCAL_LIST_VERSION') }),
  z.object({
    kind: z.literal('RESERVE'),
    number: whole,
    place: reservedPlace,
    token: startingToken,
    expiresAt: whole,
  }),
  z.object({ kind: z.literal('CANCEL_RESERVATION'), number: whole }),
  z.object({ kind: z.literal('CHECK_SESSION'), sessionId: text, transactionRef: text }),
  z.object({ kind: z.literal('TELL_COST'), transactionRef: text, amount: z.number() }),
  z.object({ kind: z.literal('INSTALL_CERTIFICATE'), use: trustUse, pem: text }),
  z.object({ kind: z.literal('DELETE_CERTIFICATE'), certificate: certificateHash }),
  z.object({ kind: z.literal('LIST_CERTIFICATES'), uses: z.array(trustUse) }),
  z.object({
    kind: z.literal('DELIVER_CERTIFICATE'),
    certificateId: text,
    purpose: certificatePurpose,
    chain: text,
  }),
  z.object({ kind: z.literal('REQUEST_CSR'), purpose: certificatePurpose }),
  z.object({ kind: z.literal('SET_PASSWORD'), password: text }),
  z.object({
    kind: z.literal('SET_SECURITY_PROFILE'),
    profile: securityProfile,
    network: z
      .object({ slot: whole, url: text, messageTimeoutS: whole, networkInterface: text })
      .exactOptional(),
  }),
  z.object({ kind: z.literal('PREFER_NETWORK'), slots: z.array(whole) }),
  z.object({ kind: z.literal('RESTART_FOR_NETWORK') }),
  z.object({
    kind: z.literal('READ_SETTINGS'),
    keys: z.array(text),
    reconciles: z.literal(true).exactOptional(),
  }),
  z.object({ kind: z.literal('READ_LIMITS') }),
  z.object({ kind: z.literal('READ_ALL_SETTINGS'), requestId: whole }),
  z.object({
    kind: z.literal('CHANGE_SETTINGS'),
    settings: z.array(z.object({ key: text, value: text })),
  }),
  z.object({ kind: z.literal('SET_CHARGING_PROFILE'), evseId: whole, profile: chargingProfile }),
  z.object({
    kind: z.literal('CLEAR_CHARGING_PROFILE'),
    profileId: whole.exactOptional(),
    evseId: whole.exactOptional(),
    purpose: profilePurpose.exclude(['EXTERNAL']).exactOptional(),
    stackLevel: whole.exactOptional(),
  }),
  z.object({
    kind: z.literal('GET_COMPOSITE_SCHEDULE'),
    evseId: whole,
    durationS: z.number(),
    unit: rateUnit.exactOptional(),
  }),
  ...jobRequests,
  z.object({ kind: z.literal('CALL'), action: text, payload: z.record(z.string(), z.unknown()) }),
]) satisfies z.ZodType<CommandRequest>;
