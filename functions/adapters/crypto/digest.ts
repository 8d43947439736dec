import { createHash } from 'node:crypto';
import type { Digest } from '#core/ports.ts';

/** SHA-256 of the text's UTF-8 form, as 64 lower-case hexadecimal characters. */
export const digest: Digest = (text) => createHash('sha256').update(text, 'utf8').digest('hex');
