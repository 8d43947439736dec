import type { Page, PageRequest } from '../ports.ts';
import type { Component, ComponentRef } from './device-model.ts';

/** The device models of one tenant's stations: what they told of themselves. Kept as long as the station. */
export interface DeviceModelStore {
  /** Strongly consistent. */
  findComponent(stationId: string, component: ComponentRef): Promise<Component | undefined>;
  findComponents(stationId: string, components: readonly ComponentRef[]): Promise<readonly Component[]>;
  /** The same components of many stations, by station; a station that told of none is left out. */
  findComponentsOf(
    stations: readonly { readonly stationId: string; readonly components: readonly ComponentRef[] }[],
  ): Promise<ReadonlyMap<string, readonly Component[]>>;
  /** In the order of their names; of one name when it is given. */
  listComponents(
    stationId: string,
    query: { readonly name?: string },
    page: PageRequest,
  ): Promise<Page<Component>>;
  /**
   * Keeps the named variables (by `variableKey`) of a component whose stored revision is one less than the given
   * one's; revision 1 makes it.
   */
  saveVariables(
    stationId: string,
    component: Component,
    changed: ReadonlySet<string>,
  ): Promise<'saved' | 'changed-meanwhile'>;
}
