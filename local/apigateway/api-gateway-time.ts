const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

let lastSecond = -1;
let lastText = '';

/** CLF-formatted request time (`dd/MMM/yyyy:HH:mm:ss +-hhmm`), as in `requestContext.requestTime`. */
export function formatRequestTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second === lastSecond) return lastText;
  const at = new Date(second * 1000);
  const day = String(at.getUTCDate()).padStart(2, '0');
  const clock = at.toISOString().slice(11, 19);
  lastText = `${day}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${clock} +0000`;
  lastSecond = second;
  return lastText;
}
