import { alertRoutes } from './alerts.ts';
import { analyticsRoutes } from './analytics.ts';
import { auditRoutes } from './audit.ts';
import { campaignRoutes } from './campaigns.ts';
import { cdrRoutes } from './cdrs.ts';
import { certificateRoutes } from './certificates.ts';
import { chargingRoutes } from './charging.ts';
import { commandRoutes } from './commands.ts';
import { configurationRoutes } from './configuration.ts';
import { dataTransferRoutes } from './data-transfers.ts';
import { deviceModelRoutes } from './device-model.ts';
import { displayRoutes } from './displays.ts';
import { firmwareRoutes } from './firmware.ts';
import { jobRoutes } from './jobs.ts';
import { localListRoutes } from './local-lists.ts';
import { meterKeyRoutes } from './meter-keys.ts';
import { onboardingRoutes } from './onboarding.ts';
import { partnerRoutes } from './partners.ts';
import { plugAndChargeRoutes } from './plug-and-charge.ts';
import { quoteRoutes } from './quotes.ts';
import { reservationRoutes } from './reservations.ts';
import type { Route } from './route.ts';
import { securityRoutes } from './security.ts';
import { sessionCheckRoutes } from './session-checks.ts';
import { settingsRoutes } from './settings.ts';
import { siteRoutes } from './sites.ts';
import { statementRoutes } from './statements.ts';
import { stationLeftoverRoutes } from './station-leftovers.ts';
import { stationLogRoutes } from './station-log.ts';
import { tariffAssignmentRoutes } from './tariff-assignments.ts';
import { tariffRoutes } from './tariffs.ts';
import { tenantRoutes } from './tenants.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';

/** Everything below `/api/v1` but the question whether it lives. The most special path of two comes first. */
export const routes: readonly Route[] = [
  ...alertRoutes,
  ...analyticsRoutes,
  ...auditRoutes,
  ...commandRoutes,
  ...configurationRoutes,
  ...deviceModelRoutes,
  ...chargingRoutes,
  ...siteRoutes,
  ...firmwareRoutes,
  ...jobRoutes,
  ...campaignRoutes,
  ...reservationRoutes,
  ...sessionCheckRoutes,
  ...displayRoutes,
  ...dataTransferRoutes,
  ...meterKeyRoutes,
  ...cdrRoutes,
  ...certificateRoutes,
  ...securityRoutes,
  ...plugAndChargeRoutes,
  ...stationLogRoutes,
  ...stationLeftoverRoutes,
  ...onboardingRoutes,
  ...settingsRoutes,
  ...tenantRoutes,
  ...userRoutes,
  ...partnerRoutes,
  ...tokenRoutes,
  ...quoteRoutes,
  ...tariffRoutes,
  ...tariffAssignmentRoutes,
  ...localListRoutes,
  ...statementRoutes,
];
