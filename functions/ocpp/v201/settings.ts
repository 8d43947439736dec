import type { SettingPlace } from '#core/device-model/configuration.ts';
import type { ComponentRef, VariableRef } from '#core/device-model/device-model.ts';
import { isSecret } from '../secrets.ts';

/**
 * Settings by the names that 1.6 has for them, so that one wish serves stations of both versions (2.0.1 part 2,
 * appendix 3: the referenced components and variables).
 */
const namesOf16: Readonly<Record<string, string>> = {
  AuthorizationCacheEnabled: 'AuthCacheCtrlr.Enabled',
  AuthorizeRemoteTxRequests: 'AuthCtrlr.AuthorizeRemoteStart',
  ClockAlignedDataInterval: 'AlignedDataCtrlr.Interval',
  ConnectionTimeOut: 'TxCtrlr.EVConnectionTimeOut',
  HeartbeatInterval: 'OCPPCommCtrlr.HeartbeatInterval',
  LocalAuthListEnabled: 'LocalAuthListCtrlr.Enabled',
  LocalAuthorizeOffline: 'AuthCtrlr.LocalAuthorizeOffline',
  LocalPreAuthorize: 'AuthCtrlr.LocalPreAuthorize',
  MaxEnergyOnInvalidId: 'TxCtrlr.MaxEnergyOnInvalidId',
  MeterValuesAlignedData: 'AlignedDataCtrlr.Measurands',
  MeterValueSampleInterval: 'SampledDataCtrlr.TxUpdatedInterval',
  MeterValuesSampledData: 'SampledDataCtrlr.TxUpdatedMeasurands',
  ResetRetries: 'OCPPCommCtrlr.ResetRetries',
  StopTransactionOnEVSideDisconnect: 'TxCtrlr.StopTxOnEVSideDisconnect',
  StopTransactionOnInvalidId: 'TxCtrlr.StopTxOnInvalidId',
  StopTxnAlignedData: 'AlignedDataCtrlr.TxEndedMeasurands',
  StopTxnSampledData: 'SampledDataCtrlr.TxEndedMeasurands',
  TransactionMessageAttempts: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
  TransactionMessageRetryInterval: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
  UnlockConnectorOnEVSideDisconnect: 'OCPPCommCtrlr.UnlockOnEVSideDisconnect',
  WebSocketPingInterval: 'OCPPCommCtrlr.WebSocketPingInterval',
};

/** `Name[instance]@evse/connector` of a component, a dot, `Name[instance]` of its variable. */
const form =
  /^(?<component>[^.[\]@]{1,50})(?:\[(?<part>[^\]]{1,50})\])?(?:@(?<evse>\d{1,6})(?:\/(?<connector>\d{1,6}))?)?\.(?<variable>[^.[\]@]{1,50})(?:\[(?<instance>[^\]]{1,50})\])?$/;

/**
 * Where the setting of this name is kept: `Component.Variable`, with instances in brackets and the place behind `@`
 * where they have one (`Connector@1/1.Enabled`), or the name that 1.6 has for it.
 */
export function placeOf(key: string): SettingPlace | undefined {
  const name = Object.hasOwn(namesOf16, key) ? (namesOf16[key] ?? key) : key;
  const parts = form.exec(name)?.groups;
  if (parts?.component === undefined || parts.variable === undefined || isSecret(parts.variable))
    return undefined;
  const { component, part, evse, connector, variable, instance } = parts;
  return {
    key: name,
    component: {
      name: component,
      ...(part === undefined ? {} : { instance: part }),
      ...(evse === undefined ? {} : { evseId: Number(evse) }),
      ...(connector === undefined ? {} : { connectorId: Number(connector) }),
    },
    variable: { name: variable, ...(instance === undefined ? {} : { instance }) },
  };
}

/** The name of the setting that is kept at this place: what `placeOf` reads. */
export function keyOf(component: ComponentRef, variable: VariableRef): string {
  const { evseId, connectorId } = component;
  const connector = connectorId === undefined ? '' : `/${connectorId}`;
  const place = evseId === undefined ? '' : `@${evseId}${connector}`;
  return `${named(component)}${place}.${named(variable)}`;
}

function named({ name, instance }: VariableRef): string {
  return instance === undefined ? name : `${name}[${instance}]`;
}
