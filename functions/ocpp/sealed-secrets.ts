import type { Command } from '#core/commands/command.ts';
import { actionFor } from './calls.ts';
import type { AnyOutboundAction, SecretPath } from './define-action.ts';
import { isPayload } from './quirks.ts';
import type { OcppVersion } from './version.ts';

/** Seals or opens a text. */
export type TextChange = (text: string) => Promise<string>;

type Payload = Readonly<Record<string, unknown>>;

/**
 * A request in a version's own words as it may be kept: what its action names as secret stands in it as
 * `{ "sealed": … }`, which opens for whoever sends it and nobody else.
 */
export function sealSecrets(action: AnyOutboundAction, payload: Payload, seal: TextChange): Promise<Payload> {
  return changeSecrets(action, payload, async (value) => ({
    sealed: await seal(JSON.stringify(value)),
  }));
}

/** A command as it is sent: its secrets are readable in the frame that carries them, and nowhere before. */
export async function openCommand(
  version: OcppVersion,
  command: Command,
  open: TextChange,
): Promise<Command> {
  const { request } = command;
  if (request.kind === 'SET_PASSWORD') {
    return { ...command, request: { ...request, password: await open(request.password) } };
  }
  const action = request.kind === 'CALL' ? actionFor(version, request) : undefined;
  if (request.kind !== 'CALL' || !action?.secrets) return command;
  const payload = await changeSecrets(action, request.payload, async (value) =>
    isPayload(value) && typeof value.sealed === 'string' ? JSON.parse(await open(value.sealed)) : value,
  );
  return { ...command, request: { ...request, payload } };
}

async function changeSecrets(
  action: AnyOutboundAction,
  payload: Payload,
  change: (value: unknown) => Promise<unknown>,
): Promise<Payload> {
  let changed: unknown = payload;
  for (const steps of action.secrets?.(payload) ?? []) changed = await changeAt(changed, steps, change);
  return isPayload(changed) ? changed : payload;
}

async function changeAt(
  value: unknown,
  [step, ...further]: SecretPath,
  change: (value: unknown) => Promise<unknown>,
): Promise<unknown> {
  if (step === undefined) return change(value);
  if (typeof value !== 'object' || value === null || !(step in value)) return value;
  const member = await changeAt(Reflect.get(value, step), further, change);
  return Array.isArray(value) ? value.with(Number(step), member) : { ...value, [step]: member };
}
