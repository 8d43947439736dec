import type { Command } from '../commands/command.ts';
import {
  type DesiredSetting,
  isSameValue,
  type SettingAttempt,
  type SettingState,
} from '../device-model/configuration.ts';
import { actualOf, type Variable } from '../device-model/device-model.ts';

/**
 * How often in a row a station is sent a value that it takes and does not have after its next restart, and how long it
 * is left alone then: some restart at every new value, others forget them all.
 */
const mostTries = 3;
export const patienceMs = 24 * 3_600_000;
/** What is to be sent is kept first: for so long its command may be on its way into the queue, after that it got lost. */
export const underWayMs = 60_000;

/** Everything that decides what to do about one desired setting. */
export interface SettingFacts {
  readonly desired: DesiredSetting;
  /** What the station told of it. */
  readonly variable?: Variable;
  readonly attempt?: SettingAttempt;
  /** What became of the attempt's command, while there is no answer. */
  readonly commandState?: Command['state'];
  /** The station's last boot: what it told before may not be true any more. */
  readonly bootedAt: number;
  readonly firmwareVersion?: string;
  readonly now: number;
}

/** What to do: nothing, ask the station for its value, or send it the desired one. */
export type Step = 'none' | 'read' | 'write';

/**
 * What is to be done about a setting. With `readAnswered`, the station was asked since its boot and answered: what it
 * did not tell then it does not tell.
 */
export function planSetting(facts: SettingFacts, readAnswered: boolean): Step {
  const { desired, variable, bootedAt } = facts;
  if (isUnderWay(facts)) return 'none';
  const tried = attemptAtThis(facts);
  if (tried?.answer === 'REJECTED' || tried?.answer === 'NOT_SUPPORTED') return 'none';
  if (tried?.answer === 'REBOOT_REQUIRED' && tried.at >= bootedAt) return 'none';
  const actual = actualOf(variable);
  const isFresh = (variable?.reportedAt ?? 0) >= bootedAt;
  if (isFresh && variable?.goneAt !== undefined) return 'none';
  const has = actual?.value === undefined ? undefined : isSameValue(actual.value, desired.value);
  const isFreshValue = has !== undefined && actual !== undefined && actual.reportedAt >= bootedAt;
  if (isFreshValue) return has || isTiring(facts) ? 'none' : 'write';
  if (readAnswered) return tried?.answer === 'ACCEPTED' ? 'none' : 'write';
  return has === true || tried?.answer !== undefined ? 'read' : 'write';
}

/** The last attempt, when it was at this value with this firmware: others say nothing about it. */
export function attemptAtThis({
  desired,
  attempt,
  firmwareVersion,
}: SettingFacts): SettingAttempt | undefined {
  return attempt?.value === desired.value && attempt.firmwareVersion === firmwareVersion
    ? attempt
    : undefined;
}

/** Whether the station was sent this value so often of late that it is left alone with it. */
function isTiring(facts: SettingFacts): boolean {
  const tried = attemptAtThis(facts);
  return tried !== undefined && tried.tries >= mostTries && facts.now - tried.at < patienceMs;
}

function isUnderWay({ desired, attempt, commandState, now }: SettingFacts): boolean {
  if (attempt?.value !== desired.value || attempt.answer !== undefined) return false;
  if (commandState === undefined) return now - attempt.at < underWayMs;
  return commandState === 'QUEUED' || commandState === 'SENT';
}

/** What an operator sees of a desired setting. */
export function settingState(facts: SettingFacts): SettingState {
  const { desired, variable, bootedAt } = facts;
  const actual = actualOf(variable);
  if (
    variable?.goneAt === undefined &&
    actual?.value !== undefined &&
    isSameValue(actual.value, desired.value)
  )
    return 'IN_SYNC';
  const tried = attemptAtThis(facts);
  if (tried?.answer === 'REJECTED' || tried?.answer === 'NOT_SUPPORTED') return 'REJECTED';
  if (tried?.answer === 'REBOOT_REQUIRED' && tried.at >= bootedAt) return 'PENDING_REBOOT';
  if (variable?.goneAt !== undefined) return 'UNKNOWN';
  if (actual?.value !== undefined) return 'DRIFT';
  return actual?.mutability === 'WRITE_ONLY' && tried?.answer === 'ACCEPTED' ? 'IN_SYNC' : 'UNKNOWN';
}
