import type { ToldVariable } from '#core/device-model/device-model.ts';
import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { attributeType, componentRef, componentType, learnVariables, variableRef } from './device-model.ts';
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
  kinds: ['READ_SETTINGS'],
  toRequest: ({ keys }) => ({ getVariableData: keys.flatMap(toData) }),
  cut(command, { variablesPerRead, variablesReadBytes }) {
    // Where there is one, a setting's place is longer than its name, and the longest of them leave room for a few.
    const most = Math.min(variablesPerRead ?? 100, 100, piecesIn(variablesReadBytes));
    return splitList(command.keys, most).map((keys) => ({ ...command, keys }));
  },
  split({ getVariableData }, { variablesPerRead, variablesReadBytes }) {
    const pieces = splitList(getVariableData, variablesPerRead, variablesReadBytes);
    return pieces.map((piece) => ({ getVariableData: piece }));
  },
  toOutcome(answer) {
    const agreed = answer.getVariableResult.some(({ attributeStatus }) => attributeStatus === 'Accepted');
    return { state: agreed ? 'ACCEPTED' : 'REJECTED', answer: { ...answer } };
  },
  async learn({ answer }, { services, stationId, answeredAt }) {
    await learnVariables(services, stationId, answer.getVariableResult.flatMap(toTold), answeredAt);
  },
});

/** An entry is the setting's name and about a hundred characters around it. */
const entryBytes = 220;

function piecesIn(bytes: number | undefined): number {
  return bytes === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(bytes / entryBytes));
}

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
