import { connectClient, type StationAccess, type VirtualStation } from './virtual-station.ts';

interface IdTagInfo {
  readonly status: string;
}

const text = (value: number): string => value.toFixed(0);

/** A virtual station that speaks OCPP 1.6J. */
export async function connectStation16(
  access: StationAccess,
  options = { strict: true },
): Promise<VirtualStation> {
  const client = await connectClient(access, options);
  const call = <Answer>(action: string, payload: object): Promise<Answer> =>
    client.call(action, payload) as Promise<Answer>;
  client.handle('RemoteStartTransaction', async () => ({ status: 'Accepted' }));
  client.handle('RemoteStopTransaction', async () => ({ status: 'Accepted' }));

  return {
    stationId: access.stationId,
    client,
    boot: async () => {
      await call('BootNotification', {
        chargePointVendor: 'Open-CSMS',
        chargePointModel: 'Virtual 1.6',
        chargePointSerialNumber: access.stationId,
        firmwareVersion: '1.0.0',
      });
    },
    heartbeat: async () => {
      await call('Heartbeat', {});
    },
    status: async (connectorId, status) => {
      const timestamp = new Date().toISOString();
      await call('StatusNotification', { connectorId, status, errorCode: 'NoError', timestamp });
    },
    authorize: async (idTag) => {
      const { idTagInfo } = await call<{ idTagInfo: IdTagInfo }>('Authorize', { idTag });
      return idTagInfo.status === 'Accepted';
    },
    start: async (connectorId, idTag, at, meterStart) => {
      const request = { connectorId, idTag, meterStart, timestamp: at.toISOString() };
      const answer = await call<{ transactionId: number; idTagInfo: IdTagInfo }>('StartTransaction', request);
      const charge = { evse: connectorId, token: idTag, transactionId: answer.transactionId, seqNo: 0 };
      return { charge, accepted: answer.idTagInfo.status === 'Accepted' };
    },
    meter: async ({ evse, transactionId }, { at, energyWh, powerW, stateOfCharge }) => {
      const sampledValue = [
        {
          value: text(energyWh),
          measurand: 'Energy.Active.Import.Register',
          unit: 'Wh',
          context: 'Sample.Periodic',
        },
        { value: text(powerW), measurand: 'Power.Active.Import', unit: 'W' },
        { value: (powerW / 690).toFixed(1), measurand: 'Current.Import', unit: 'A' },
        { value: '230', measurand: 'Voltage', unit: 'V' },
        { value: text(stateOfCharge), measurand: 'SoC', unit: 'Percent', location: 'EV' },
      ];
      const meterValue = [{ timestamp: at.toISOString(), sampledValue }];
      await call('MeterValues', { connectorId: evse, transactionId, meterValue });
    },
    stop: async ({ transactionId, token }, at, meterStop) => {
      const timestamp = at.toISOString();
      await call('StopTransaction', { transactionId, idTag: token, meterStop, timestamp, reason: 'Local' });
    },
    close: async () => {
      await client.close({ code: 1000 });
    },
  };
}
