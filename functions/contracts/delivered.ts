import * as z from 'zod';

/** A fact as the bus puts it into a queue: EventBridge's envelope, of which this is read. */
export function delivered<Name extends string, Detail extends z.ZodType>(contract: {
  readonly detailType: Name;
  readonly detail: Detail;
}) {
  return z.object({
    'detail-type': z.literal(contract.detailType),
    /** When the bus was told. */
    time: z.iso.datetime(),
    detail: contract.detail,
  });
}
