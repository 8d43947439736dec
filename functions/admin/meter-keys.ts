import * as z from 'zod';
import { registerMeterKey } from '#core/stations/register-meter-key.ts';
import { administrators, parameter, type Route, readBody } from './route.ts';

const keyShape = z.object({
  evseId: z.int().min(1),
  connectorId: z.int().min(1).default(1),
  /** `null` takes the key away. */
  publicKey: z.string().min(1).max(4_000).nullable(),
});

export const meterKeyRoutes: readonly Route[] = [
  {
    method: 'PUT',
    path: '/stations/{stationId}/meter-key',
    summary: 'Registers the key that the meter of a connector signs its values with.',
    roles: administrators,
    async handle(request, services) {
      const { evseId, connectorId, publicKey } = readBody(keyShape, request.body);
      const { stationId, connectors } = await registerMeterKey(services, {
        stationId: parameter(request, 'stationId'),
        connector: { evseId, connectorId },
        publicKey: publicKey ?? undefined,
      });
      return { body: { stationId, connectors } };
    },
  },
];
