import type { SettingAnswer } from '#core/device-model/configuration.ts';
import type { ToldVariable } from '#core/device-model/device-model.ts';
import { passwordRoute, securityProfileRoute } from '#core/device-model/refuse-credential.ts';
import { DomainError } from '#core/errors.ts';
import { noteSettingAnswer } from '#core/reconcile/note-setting-answer.ts';
import { isSecret, isSecurityProfile, isStationPassword } from '../secrets.ts';
import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { attributeType, componentRef, componentType, learnVariables, variableRef } from './device-model.ts';
import type {
  SetVariableDataType,
  SetVariableResultType,
  SetVariableStatusEnumType,
} from './schema/messages.ts';
import { securityVariables } from './security-settings.ts';
import { keyOf, placeOf } from './settings.ts';

const answers: Readonly<Record<SetVariableStatusEnumType, SettingAnswer>> = {
  Accepted: 'ACCEPTED',
  RebootRequired: 'REBOOT_REQUIRED',
  Rejected: 'REJECTED',
  UnknownComponent: 'NOT_SUPPORTED',
  UnknownVariable: 'NOT_SUPPORTED',
  NotSupportedAttributeType: 'NOT_SUPPORTED',
};

/**
 * SetVariables (2.0.1 B05), to the station: give these variables these values.
 *
 * No more at once than the station takes (`DeviceDataCtrlr`, row 59). Accepted, a value is known; with
 * RebootRequired it is pending until the station tells it. The command agrees when every value was taken. A variable
 * may stand in one message once (B05.FR.13).
 */
export const setVariables = defineOutboundAction({
  name: 'SetVariables',
  kinds: ['CHANGE_SETTINGS', 'SET_PASSWORD', 'PREFER_NETWORK'],
  secrets({ setVariableData }) {
    return setVariableData.flatMap(({ variable }, index) =>
      isSecret(variable.name) ? [['setVariableData', index, 'attributeValue']] : [],
    );
  },
  toRequest(command) {
    if (command.kind !== 'CHANGE_SETTINGS') return securityVariables(command);
    return { setVariableData: command.settings.flatMap(({ key, value }) => toData(key, value)) };
  },
  cut(command, { variablesPerWrite, variablesWriteBytes }) {
    if (command.kind !== 'CHANGE_SETTINGS') return [command];
    const entries = command.settings.map((setting) => ({
      setting,
      data: toData(setting.key, setting.value),
    }));
    const pieces = splitList(entries, variablesPerWrite, variablesWriteBytes);
    return pieces.map((piece) => ({ ...command, settings: piece.map(({ setting }) => setting) }));
  },
  check({ setVariableData }) {
    const seen = new Set<string>();
    for (const [index, { component, variable, attributeType: type }] of setVariableData.entries()) {
      const place = `${attributeType(type)} ${keyOf(componentRef(component), variableRef(variable))}`;
      const field = `parameters.setVariableData.${index}.variable`;
      refuseOwnCredential(variable.name, field);
      if (seen.has(place)) {
        throw new DomainError('Validation', `${field} is set twice in one message`, field);
      }
      seen.add(place);
    }
  },
  split({ setVariableData }, { variablesPerWrite, variablesWriteBytes }) {
    const pieces = splitList(setVariableData, variablesPerWrite, variablesWriteBytes);
    return pieces.map((piece) => ({ setVariableData: piece }));
  },
  toOutcome(answer) {
    const agreed = answer.setVariableResult.every(
      ({ attributeStatus }) => attributeStatus === 'Accepted' || attributeStatus === 'RebootRequired',
    );
    return { state: agreed ? 'ACCEPTED' : 'REJECTED', answer: { ...answer } };
  },
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    const told = answer.setVariableResult.flatMap((result) => toTold(result, request.setVariableData));
    await learnVariables(services, stationId, told, answeredAt);
    for (const { component, variable, attributeType: type, attributeStatus } of answer.setVariableResult) {
      if (attributeType(type) !== 'ACTUAL' || isSecret(variable.name)) continue;
      const key = keyOf(componentRef(component), variableRef(variable));
      await noteSettingAnswer(services, command, { key, answer: answers[attributeStatus] });
    }
  },
});

/** Throws `Validation` for what the station identifies itself with: it has ways of its own. */
function refuseOwnCredential(name: string, field: string): void {
  if (isStationPassword(name)) {
    throw new DomainError('Validation', `the password of a station is changed with ${passwordRoute}`, field);
  }
  if (!isSecurityProfile(name)) return;
  const message = `the security profile of a station is changed with ${securityProfileRoute}`;
  throw new DomainError('Validation', message, field);
}

function toData(key: string, value: string): readonly SetVariableDataType[] {
  const place = placeOf(key);
  if (place === undefined) return [];
  return [{ component: componentType(place.component), variable: place.variable, attributeValue: value }];
}

function toTold(
  result: SetVariableResultType,
  asked: readonly SetVariableDataType[],
): readonly ToldVariable[] {
  const component = componentRef(result.component);
  const variable = variableRef(result.variable);
  const type = attributeType(result.attributeType);
  const key = keyOf(component, variable);
  const value = asked.find(
    (one) =>
      keyOf(componentRef(one.component), variableRef(one.variable)) === key &&
      attributeType(one.attributeType) === type,
  )?.attributeValue;
  const { attributeStatus: status } = result;
  if (status === 'UnknownComponent' || status === 'UnknownVariable') {
    return [{ component, variable, attributes: [], unknown: true }];
  }
  if (value === undefined) return [];
  if (status === 'Accepted') return [{ component, variable, attributes: [{ type, value }] }];
  if (status !== 'RebootRequired') return [];
  return [{ component, variable, attributes: [{ type, pending: value }] }];
}
