import type { Page, PageRequest } from '../ports.ts';
import type { Location } from './location.ts';

/** The locations of one tenant. */
export interface LocationStore {
  findLocation(locationId: string): Promise<Location | undefined>;
  findLocations(locationIds: readonly string[]): Promise<readonly Location[]>;
  /** In the order of their ids. */
  listLocations(page: PageRequest): Promise<Page<Location>>;
  createLocation(location: Location): Promise<'created' | 'exists'>;
  /** Replaces the location whose stored revision is one less than the given one's. */
  replaceLocation(location: Location): Promise<'replaced' | 'changed-meanwhile'>;
  /** Removes the location if it is still at this revision. */
  deleteLocation(
    location: Pick<Location, 'locationId' | 'revision'>,
  ): Promise<'deleted' | 'changed-meanwhile'>;
}
