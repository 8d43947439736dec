/** The account, region and partition that everything here pretends to live in. */
export const accountId = '000000000000';
export const region = 'eu-west-1';
export const partition = 'aws';
export const urlSuffix = 'amazonaws.com';

/** An ARN of this account and region; pass an empty region for the global ones. */
export function arnOf(serviceName: string, resource: string, regionName = region): string {
  return `arn:${partition}:${serviceName}:${regionName}:${accountId}:${resource}`;
}
