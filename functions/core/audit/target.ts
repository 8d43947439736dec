/** How what is changed is called, the more telling first. */
const idNames = [
  'id',
  'stationId',
  'sessionId',
  'reservationId',
  'uid',
  'userId',
  'partnerId',
  'tariffId',
  'cdrId',
  'clientId',
  'commandId',
  'jobId',
  'campaignId',
  'siteId',
] as const;

const longestId = 255;

type Members = Readonly<Record<string, unknown>>;

/**
 * The id of what a change is about: named by its arguments, by their `input`, or by what came of it; `undefined` for a
 * change of many things or of none with a name.
 */
export function targetOf(asked: Members, result: unknown): string | undefined {
  for (const place of [asked, asked.path, asked.input, result, asked.body]) {
    const id = idIn(place);
    if (id !== undefined) return id;
  }
  return undefined;
}

function idIn(place: unknown): string | undefined {
  if (typeof place !== 'object' || place === null) return undefined;
  for (const name of idNames) {
    const id = (place as Members)[name];
    if (typeof id === 'string' && id !== '' && id.length <= longestId) return id;
  }
  return undefined;
}
