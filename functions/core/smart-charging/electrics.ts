import type { Connector, Station } from '../stations/station.ts';
import { type RateUnit, toTenths } from './charging-profile.ts';

/** What an EVSE is wired for; OCPP counts three phases where nothing is said, and we 230 V. */
export interface Electrics {
  readonly voltageV: number;
  readonly phases: number;
  /** Direct current: limits of it are in watts. */
  readonly direct: boolean;
  /** Per phase. */
  readonly maxCurrentA?: number;
  readonly maxPowerW?: number;
}

const usualVoltageV = 230;
const directTypes = /^(CCS1|CCS2|CHADEMO|GBT_DC)$/;

/** The electrics of an EVSE by its strongest connector; of the station as a whole for EVSE 0. */
export function electricsOf(station: Pick<Station, 'connectors'>, evseId: number): Electrics {
  const connectors = station.connectors.filter((one) => evseId === 0 || one.evseId === evseId);
  const direct =
    connectors.length > 0 && connectors.every(({ connectorType }) => directTypes.test(connectorType));
  const phases = direct ? 3 : Math.min(3, largest(connectors, 'phases') ?? 3);
  const voltageV = direct ? usualVoltageV : phaseVoltage(largest(connectors, 'voltageV'), phases);
  const base = { voltageV, phases, direct };
  if (evseId === 0) return base;
  const maxCurrentA = direct ? undefined : largest(connectors, 'maxCurrentA');
  const maxPowerW = largest(connectors, 'maxPowerW');
  return {
    ...base,
    ...(maxCurrentA === undefined ? {} : { maxCurrentA }),
    ...(maxPowerW === undefined ? {} : { maxPowerW }),
  };
}

/** Above this a voltage of several phases is that between them, which many write: 400 V for 230 V each. */
const highestPhaseVoltageV = 300;

/** Volts between a phase and neutral. */
function phaseVoltage(voltageV: number | undefined, phases: number): number {
  if (voltageV === undefined) return usualVoltageV;
  const between = phases > 1 && voltageV > highestPhaseVoltageV;
  return between ? Math.floor(voltageV / Math.sqrt(3)) : voltageV;
}

function largest(
  connectors: readonly Connector[],
  name: 'voltageV' | 'phases' | 'maxCurrentA' | 'maxPowerW',
): number | undefined {
  const values = connectors.map((one) => one[name]).filter((value) => value !== undefined && value > 0);
  return values.length === 0 ? undefined : Math.max(...values.map(Number));
}

/** Changes tenths of one unit into tenths of the other, rounding down: a limit never grows by being said otherwise. */
export function inUnit(
  tenths: number,
  from: RateUnit,
  to: RateUnit,
  { voltageV, phases }: { readonly voltageV: number; readonly phases: number },
): number {
  if (from === to) return tenths;
  const factor = voltageV * phases;
  return Math.floor((to === 'W' ? tenths * factor : tenths / factor) + 1e-6);
}

/** The most that an EVSE can give, in tenths; 32 A on each phase, or 50 kW, where its owner did not say. */
export function mostOf(electrics: Electrics, unit: RateUnit): number {
  const { maxCurrentA, maxPowerW, direct } = electrics;
  const each = [
    ...(maxCurrentA === undefined ? [] : [inUnit(toTenths(maxCurrentA), 'A', unit, electrics)]),
    ...(maxPowerW === undefined ? [] : [inUnit(toTenths(maxPowerW), 'W', unit, electrics)]),
  ];
  if (each.length > 0) return Math.min(...each);
  return direct ? inUnit(500_000, 'W', unit, electrics) : inUnit(320, 'A', unit, electrics);
}
