import { Logger } from '@aws-lambda-powertools/logger';

/** One JSON line per entry; the level comes from the stack (`POWERTOOLS_LOG_LEVEL`). */
export const logger = new Logger({ serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? 'open-csms' });
