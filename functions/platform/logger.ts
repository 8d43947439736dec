import { Logger } from '@aws-lambda-powertools/logger';

/** One JSON line per entry; the level comes from the stack (`POWERTOOLS_LOG_LEVEL`). */
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? 'open-csms';

export const logger = new Logger({ serviceName });

/** For lines that others read on from the log: written whatever the level is. */
export const recordLogger = new Logger({ serviceName, logLevel: 'INFO' });
