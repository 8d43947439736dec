import type { NoteQuirk } from './quirks.ts';

/**
 * Reads a station's time as epoch milliseconds. Without a zone it is taken as UTC, which OCPP asks stations to
 * send; a moment that does not exist counts as now, because the fact it dates is worth more than its date.
 */
export function stationTime(text: string, receivedAt: number, note: NoteQuirk): number {
  const [, date, time, fraction = '', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?(.*)$/.exec(text) ?? [];
  if (zone === '') note('timestamp-without-zone');
  const at = Date.parse(`${date}T${time}.${fraction}`.replace(/\.$/, '') + isoZone(zone));
  if (Number.isFinite(at)) return at;
  note('unusable-timestamp');
  return receivedAt;
}

/** `+02` and `+0200` are `+02:00`. */
function isoZone(zone: string): string {
  if (zone === '' || zone === 'z') return 'Z';
  const [, hours, minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  return hours === undefined ? zone : `${hours}:${minutes}`;
}
