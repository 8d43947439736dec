import { v7 } from 'uuid';
import type { Clock, NewId } from '#core/ports.ts';

/** The machine's clock, in epoch milliseconds. */
export const systemClock: Clock = () => Date.now();

/** UUID version 7: ordered by time to the millisecond and beyond. */
export const newId: NewId = () => v7();
