import type { Coordinates } from './earth.ts';

/** Where stations stand together: an address that drivers look for. Times in epoch milliseconds. */
export interface Location {
  readonly locationId: string;
  readonly name: string;
  readonly address?: string;
  readonly city?: string;
  readonly postalCode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly countryCode?: string;
  readonly coordinates?: Coordinates;
  /** IANA zone: the one of all stations here. */
  readonly timeZone: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Grows by one with every change: the fence of concurrent ones. */
  readonly revision: number;
}
