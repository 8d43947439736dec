/** What OCPI 2.2.1 knows of a connector (mod_locations, ConnectorType, ConnectorFormat, PowerType). */
export interface OcpiConnector {
  readonly standard: string;
  readonly format: 'SOCKET' | 'CABLE';
  readonly powerType: 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_3_PHASE' | 'DC';
}

type Kind = readonly [standard: string, format: OcpiConnector['format'], isDirect: boolean];

/** By the names of this system's owners, and by those of OCPP 2.0.1 (ConnectorEnumType). */
const kinds: Readonly<Record<string, Kind>> = {
  TYPE_1: ['IEC_62196_T1', 'CABLE', false],
  TYPE_2: ['IEC_62196_T2', 'SOCKET', false],
  TYPE_3C: ['IEC_62196_T3C', 'SOCKET', false],
  CCS1: ['IEC_62196_T1_COMBO', 'CABLE', true],
  CCS2: ['IEC_62196_T2_COMBO', 'CABLE', true],
  CHADEMO: ['CHADEMO', 'CABLE', true],
  // The North American plug has no name of its own before OCPI 2.3.
  NACS: ['TESLA_S', 'CABLE', true],
  GBT_AC: ['GBT_AC', 'SOCKET', false],
  GBT_DC: ['GBT_DC', 'CABLE', true],
  DOMESTIC: ['DOMESTIC_F', 'SOCKET', false],
  cType1: ['IEC_62196_T1', 'CABLE', false],
  cType2: ['IEC_62196_T2', 'CABLE', false],
  sType2: ['IEC_62196_T2', 'SOCKET', false],
  sType3: ['IEC_62196_T3C', 'SOCKET', false],
  cCCS1: ['IEC_62196_T1_COMBO', 'CABLE', true],
  cCCS2: ['IEC_62196_T2_COMBO', 'CABLE', true],
  cG105: ['CHADEMO', 'CABLE', true],
  cTesla: ['TESLA_S', 'CABLE', true],
  's309-1P-16A': ['IEC_60309_2_single_16', 'SOCKET', false],
  's309-3P-16A': ['IEC_60309_2_three_16', 'SOCKET', false],
  's309-3P-32A': ['IEC_60309_2_three_32', 'SOCKET', false],
  sBS1361: ['DOMESTIC_G', 'SOCKET', false],
  'sCEE-7-7': ['DOMESTIC_F', 'SOCKET', false],
  Pan: ['PANTOGRAPH_TOP_DOWN', 'CABLE', true],
};

/** One phase carries 32 A at 230 V at most. */
const mostOfOnePhaseW = 7_400;

/** A connector by what its owner says of it; `undefined` for a type that OCPI has no name for. */
export function ocpiConnectorOf(described: {
  readonly connectorType: string;
  readonly maxPowerW?: number;
  readonly phases?: number;
}): OcpiConnector | undefined {
  const kind = kinds[described.connectorType];
  if (!kind) return undefined;
  const [standard, format, isDirect] = kind;
  return { standard, format, powerType: isDirect ? 'DC' : alternating(described) };
}

function alternating(described: { maxPowerW?: number; phases?: number }): OcpiConnector['powerType'] {
  const { maxPowerW = 0, phases = maxPowerW > mostOfOnePhaseW ? 3 : 1 } = described;
  if (phases >= 3) return 'AC_3_PHASE';
  return phases === 2 ? 'AC_2_PHASE' : 'AC_1_PHASE';
}
