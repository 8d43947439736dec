import { notImitated } from './effects.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RealmDate = Date;
const RealmRegExp = RegExp;
const encodeComponent = encodeURIComponent;
const decodeComponent = decodeURIComponent;

function utf8(text: string): number[] {
  const bytes: number[] = [];
  encodeComponent(text).replace(/%([0-9A-F]{2})|(.)/g, (part, hex?: string) => {
    bytes.push(hex === undefined ? part.charCodeAt(0) : parseInt(hex, 16));
    return part;
  });
  return bytes;
}

export function base64Encode(text: string): string {
  const bytes = utf8(text);
  let encoded = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second, third] = bytes.slice(index, index + 3);
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    encoded += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    encoded += second === undefined ? '=' : ALPHABET.charAt((bits >> 6) & 63);
    encoded += third === undefined ? '=' : ALPHABET.charAt(bits & 63);
  }
  return encoded;
}

export function base64Decode(encoded: string): string {
  const bits = [...encoded.replace(/=+$/, '')]
    .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(6, '0'))
    .join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return decodeComponent(bytes.map((byte) => `%${parseInt(byte, 2).toString(16).padStart(2, '0')}`).join(''));
}

export function autoId(): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (letter) => {
    const digit = Math.floor(Math.random() * 16);
    return (letter === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}

export function autoUlid(): string {
  let instant = '';
  let rest = RealmDate.now();
  for (let index = 0; index < 10; index += 1) {
    instant = CROCKFORD.charAt(rest % 32) + instant;
    rest = Math.floor(rest / 32);
  }
  return instant + 'x'.repeat(16).replace(/x/g, () => CROCKFORD.charAt(Math.floor(Math.random() * 32)));
}

export function urlEncode(text: string): string {
  return encodeComponent(text).replace(/%20/g, '+');
}

export function urlDecode(text: string): string {
  return decodeComponent(text.replace(/\+/g, ' '));
}

/** Java's `find` on the patterns both languages share. */
export function matches(pattern: string, value: string): boolean {
  return new RealmRegExp(pattern).test(value);
}

export function normalize(value: string, form: string): string {
  const forms = ['nfc', 'nfd', 'nfkc', 'nfkd'];
  return forms.includes(form)
    ? value.normalize(form.toUpperCase())
    : notImitated(`util.str.normalize(${form})`);
}
