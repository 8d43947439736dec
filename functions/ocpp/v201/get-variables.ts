import type { ToldVariable } from '#core/device-model/device-model.ts';
import { isSecret } from '../secrets.ts';
import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { attributeType, componentRef, componentType, learnVariables, variableRef } from './device-model.ts';
import { keysOfLimits } from './limits.ts';
import type { GetVariableDataType, GetVariableResultType } from './schema/messages.ts';
import { placeOf } from './settings.ts';

/**
 * GetVariables (2.0.1 B06), to the station: tell the values of these variables.
 *
 * No more at once than the station takes (`DeviceDataCtrlr`, row 59). What it tells is kept, except passwords; so is
 * which variables it does not have. The command agrees when at least one value came.
 */
export const getVariables = defineOutboundAction({
  name: 'GetVariables',
  kinds: ['READ_SETTINGS', 'READ_LIMITS'],
  toRequest(command) {
    const keys = command.kind === 'READ_LIMITS' ? keysOfLimits : command.keys;
    return { getVariableData: keys.flatMap(toData) };
  },
  cut(command, { variablesPerRead, variablesReadBytes }) {
    if (command.kind === 'READ_LIMITS') return [command];
    const entries = command.keys.map((key) => ({ key, data: toData(key) }));
    const pieces = splitList(entries, variablesPerRead, variablesReadBytes);
    return pieces.map((piece) => ({ ...command, keys: piece.map(({ key }) => key) }));
  },
  split({ getVariableData }, { variablesPerRead, variablesReadBytes }) {
    const pieces = splitList(getVariableData, variablesPerRead, variablesReadBytes);
    return pieces.map((piece) => ({ getVariableData: piece }));
  },
  toOutcome(answer) {
    const agreed = answer.getVariableResult.some(({ attributeStatus }) => attributeStatus === 'Accepted');
    const shown = answer.getVariableResult.map(({ attributeValue, ...result }) =>
      attributeValue === undefined || isSecret(result.variable.name) ? result : { ...result, attributeValue },
    );
    return { state: agreed ? 'ACCEPTED' : 'REJECTED', answer: { ...answer, getVariableResult: shown } };
  },
  async learn({ answer }, { services, stationId, answeredAt }) {
    await learnVariables(services, stationId, answer.getVariableResult.flatMap(toTold), answeredAt);
  },
});

function toData(key: string): readonly GetVariableDataType[] {
  const place = placeOf(key);
  return place === undefined ? [] : [{ component: componentType(place.component), variable: place.variable }];
}

function toTold(result: GetVariableResultType): readonly ToldVariable[] {
  const place = { component: componentRef(result.component), variable: variableRef(result.variable) };
  const type = attributeType(result.attributeType);
  switch (result.attributeStatus) {
    case 'Accepted':
      return [{ ...place, attributes: [{ type, value: result.attributeValue ?? '' }] }];
    case 'UnknownComponent':
    case 'UnknownVariable':
      return [{ ...place, attributes: [], unknown: true }];
    default:
      return [];
  }
}
