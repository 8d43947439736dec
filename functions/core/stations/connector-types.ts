/**
 * The types of plugs and sockets that owners name (IEC 62196, SAE J1772 and J3400, CHAdeMO, GB/T 20234): what every door
 * takes and shows. `OTHER` is none of these.
 */
export const connectorTypes = [
  'TYPE_1',
  'TYPE_2',
  'TYPE_3C',
  'CCS1',
  'CCS2',
  'CHADEMO',
  'NACS',
  'GBT_AC',
  'GBT_DC',
  'DOMESTIC',
  'OTHER',
] as const;

export type ConnectorType = (typeof connectorTypes)[number];

/** Whether it is one of these types; a station may hold another text, written before they were checked. */
export function isConnectorType(text: string): text is ConnectorType {
  return connectorTypes.some((type) => type === text);
}
