import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const sessionMetered = defineEvent({
  source: 'csms.sessions',
  detailType: 'SessionMetered.v1',
  when: 'Readings of a session arrived. They may be old: `at` is the time of the reading.',
  detail: {
    sessionId: z.string(),
    stationId: z.string(),
    /** The register, not the consumption. */
    energyWh: z.int().optional(),
    powerW: z.number().optional(),
    currentA: z.number().optional(),
    voltageV: z.number().optional(),
    stateOfChargePercent: z.number().optional(),
    temperatureC: z.number().optional(),
  },
});
