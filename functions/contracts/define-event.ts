import * as z from 'zod';

/** What the bus carries: a fact of one kind in one version. A new shape is a new version; the old one stays. */
export interface EventContract<Name extends string = string, Detail = unknown> {
  /** EventBridge `source`. */
  readonly source: string;
  /** EventBridge `detail-type`: name and version. */
  readonly detailType: Name;
  readonly detail: z.ZodType<Detail>;
  /** One sentence: when this happens. */
  readonly when: string;
}

/** In every detail: which fact this is, whose, and when it happened. */
const everyEvent = {
  /** The same for each delivery of the same fact. */
  eventId: z.string().min(1),
  tenantId: z.string().min(1),
  /** Epoch milliseconds. */
  at: z.int().nonnegative(),
};

/** Declares an event of the bus. Unknown fields pass: producers may be newer than consumers. */
export function defineEvent<Name extends string, Shape extends z.ZodRawShape>(event: {
  source: string;
  detailType: Name;
  when: string;
  detail: Shape;
}) {
  return { ...event, detail: z.looseObject({ ...everyEvent, ...event.detail }) };
}

/** A connector's place at its station, as events carry it. */
export const connectorShape = z.object({ evseId: z.int().nonnegative(), connectorId: z.int().nonnegative() });
