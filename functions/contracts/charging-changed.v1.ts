import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const chargingChanged = defineEvent({
  source: 'csms.charging',
  detailType: 'ChargingChanged.v1',
  when: 'A station has another charging profile, another limit from outside, or a vehicle that asks for a plan.',
  detail: { stationId: z.string(), what: z.string() },
});
