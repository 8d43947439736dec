import { randomUUID } from 'node:crypto';
import { type Charge, connectClient, type StationAccess, type VirtualStation } from './virtual-station.ts';

interface IdTokenInfo {
  readonly status: string;
}

type SampleContext = 'Transaction.Begin' | 'Sample.Periodic' | 'Transaction.End';

const energyValue = (at: Date, energyWh: number, context: SampleContext): object => ({
  timestamp: at.toISOString(),
  sampledValue: [
    { value: energyWh, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } },
  ],
});

/** A virtual station that speaks OCPP 2.0.1. */
export async function connectStation201(
  access: StationAccess,
  options = { strict: true },
): Promise<VirtualStation> {
  const client = await connectClient(access, options);
  const call = <Answer>(action: string, payload: object): Promise<Answer> =>
    client.call(action, payload) as Promise<Answer>;
  const idToken = (token: string): object => ({ idToken: token, type: 'ISO14443' });
  client.handle('RequestStartTransaction', async () => ({ status: 'Accepted' }));
  client.handle('RequestStopTransaction', async () => ({ status: 'Accepted' }));

  const event = (
    charge: Charge,
    eventType: string,
    at: Date,
    more: object,
  ): Promise<{ idTokenInfo?: IdTokenInfo }> => {
    const seqNo = charge.seqNo;
    charge.seqNo += 1;
    return call('TransactionEvent', { eventType, timestamp: at.toISOString(), seqNo, ...more });
  };

  return {
    stationId: access.stationId,
    client,
    boot: async () => {
      const chargingStation = {
        vendorName: 'Open-CSMS',
        model: 'Virtual 2.0.1',
        serialNumber: access.stationId.slice(0, 25),
        firmwareVersion: '1.0.0',
      };
      await call('BootNotification', { reason: 'PowerUp', chargingStation });
    },
    heartbeat: async () => {
      await call('Heartbeat', {});
    },
    status: async (evseId, status) => {
      const connectorStatus = status === 'Available' ? 'Available' : 'Occupied';
      await call('StatusNotification', {
        timestamp: new Date().toISOString(),
        evseId,
        connectorId: 1,
        connectorStatus,
      });
    },
    authorize: async (token) => {
      const { idTokenInfo } = await call<{ idTokenInfo: IdTokenInfo }>('Authorize', {
        idToken: idToken(token),
      });
      return idTokenInfo.status === 'Accepted';
    },
    start: async (evse, token, at, energyWh) => {
      const charge: Charge = { evse, token, transactionId: randomUUID(), seqNo: 0 };
      const answer = await event(charge, 'Started', at, {
        triggerReason: 'Authorized',
        transactionInfo: { transactionId: charge.transactionId, chargingState: 'Charging' },
        evse: { id: evse, connectorId: 1 },
        idToken: idToken(token),
        meterValue: [energyValue(at, energyWh, 'Transaction.Begin')],
      });
      return { charge, accepted: answer.idTokenInfo?.status === 'Accepted' };
    },
    meter: async (charge, { at, energyWh, powerW, stateOfCharge }) => {
      const sampledValue = [
        { value: energyWh, context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register' },
        { value: powerW, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
        {
          value: Number((powerW / 690).toFixed(1)),
          measurand: 'Current.Import',
          unitOfMeasure: { unit: 'A' },
        },
        { value: 230, measurand: 'Voltage', unitOfMeasure: { unit: 'V' } },
        { value: stateOfCharge, measurand: 'SoC', unitOfMeasure: { unit: 'Percent' }, location: 'EV' },
      ];
      await event(charge, 'Updated', at, {
        triggerReason: 'MeterValuePeriodic',
        transactionInfo: { transactionId: charge.transactionId, chargingState: 'Charging' },
        evse: { id: charge.evse, connectorId: 1 },
        meterValue: [{ timestamp: at.toISOString(), sampledValue }],
      });
    },
    stop: async (charge, at, energyWh) => {
      await event(charge, 'Ended', at, {
        triggerReason: 'StopAuthorized',
        transactionInfo: { transactionId: charge.transactionId, stoppedReason: 'Local' },
        evse: { id: charge.evse, connectorId: 1 },
        idToken: idToken(charge.token),
        meterValue: [energyValue(at, energyWh, 'Transaction.End')],
      });
    },
    close: async () => {
      await client.close({ code: 1000 });
    },
  };
}
