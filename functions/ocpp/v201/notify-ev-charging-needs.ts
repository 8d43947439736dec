import type { EvNeeds } from '#core/smart-charging/ev-needs.ts';
import { type NeedsVerdict, noteEvNeeds } from '#core/smart-charging/note-ev-needs.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';
import type {
  ChargingNeedsType,
  EnergyTransferModeEnumType,
  NotifyEVChargingNeedsResponse,
} from './schema/messages.ts';

const statuses: Readonly<Record<NeedsVerdict, NotifyEVChargingNeedsResponse['status']>> = {
  PLANNED: 'Accepted',
  PENDING: 'Processing',
  REFUSED: 'Rejected',
};

const phases: Readonly<Record<EnergyTransferModeEnumType, number | undefined>> = {
  DC: undefined,
  AC_single_phase: 1,
  AC_two_phase: 2,
  AC_three_phase: 3,
};

/**
 * NotifyEVChargingNeeds (2.0.1 K15 to K17), from the station: what a vehicle asks for over ISO 15118.
 *
 * Accepted says that a profile follows; Processing, that it follows once the transaction is known; Rejected, that none
 * will, because nobody wants them made or the message lacks the vehicle's limits.
 */
export const notifyEVChargingNeeds = defineInboundAction({
  name: 'NotifyEVChargingNeeds',
  async handle({ evseId, maxScheduleTuples, chargingNeeds }, { services, stationId, receivedAt, note }) {
    const asked = needsOf(chargingNeeds);
    if (evseId === 0 || !asked) return { status: 'Rejected' };
    const { departureTime } = chargingNeeds;
    const verdict = await noteEvNeeds(services, {
      stationId,
      needs: {
        evseId,
        ...asked,
        ...(departureTime === undefined ? {} : { departureAt: stationTime(departureTime, receivedAt, note) }),
        ...(maxScheduleTuples === undefined ? {} : { maxPeriods: maxScheduleTuples }),
        notedAt: receivedAt,
      },
    });
    return { status: statuses[verdict] };
  },
});

function needsOf(wire: ChargingNeedsType): Omit<EvNeeds, 'evseId' | 'notedAt'> | undefined {
  const { requestedEnergyTransfer: mode, acChargingParameters: ac, dcChargingParameters: dc } = wire;
  if (mode === 'DC') {
    if (!dc) return undefined;
    const { evMaxCurrent, evMaxVoltage, evMaxPower } = dc;
    const energyWh = energyOf(dc);
    return {
      transfer: 'DC',
      maxCurrentA: evMaxCurrent,
      maxVoltageV: evMaxVoltage,
      ...(evMaxPower === undefined ? {} : { maxPowerW: evMaxPower }),
      ...(energyWh === undefined ? {} : { energyWh }),
    };
  }
  if (!ac) return undefined;
  const count = phases[mode];
  return {
    transfer: 'AC',
    ...(count === undefined ? {} : { phases: count }),
    energyWh: ac.energyAmount,
    minCurrentA: ac.evMinCurrent,
    maxCurrentA: ac.evMaxCurrent,
    maxVoltageV: ac.evMaxVoltage,
  };
}

/** What the vehicle says it wants, or else what is missing to the charge it calls full. */
function energyOf(dc: NonNullable<ChargingNeedsType['dcChargingParameters']>): number | undefined {
  const { energyAmount, evEnergyCapacity, stateOfCharge, fullSoC = 100 } = dc;
  if (energyAmount !== undefined) return energyAmount;
  if (evEnergyCapacity === undefined || stateOfCharge === undefined) return undefined;
  return Math.max(0, (evEnergyCapacity * (fullSoC - stateOfCharge)) / 100);
}
