import * as z from 'zod';
import { type MaintenanceStep, maintenanceTasks } from '#core/maintenance/maintenance.ts';
import { sendMessage } from './send.ts';

const message = z.object({
  tenantId: z.string().min(1),
  step: z.object({
    maintenanceId: z.string(),
    task: z.enum(maintenanceTasks),
    requestedBy: z.string(),
    stationsReached: z.int(),
    cursor: z.string().exactOptional(),
  }) satisfies z.ZodType<MaintenanceStep>,
});

/** A step on its way, and whose it is. Throws for anything else. */
export function readStep(body: string): z.infer<typeof message> {
  return message.parse(JSON.parse(body));
}

/** Hands steps of one tenant on to whoever does them next. */
export function stepsOf(queueUrl: string, tenantId: string): (step: MaintenanceStep) => Promise<void> {
  return (step) => sendMessage({ queueUrl, body: JSON.stringify({ tenantId, step }) });
}
