import { extensions, type SubscriptionFilter, util } from '@aws-appsync/utils';

type Group = SubscriptionFilter['filterGroup'][number];

/** AppSync's `in` takes five values; each further five are a group of their own. */
const valuesPerGroup = 5;
const maxValues = 50;

/**
 * Lets through what belongs to the tenant and, when values are given, has one of them in the field. Refuses an empty
 * list and more than 50 values.
 */
export function deliverOnly(tenantId: string, fieldName: string, argument: string, values: string[] | null) {
  const ofTenant: Group['filters'][number] = { fieldName: 'tenantId', operator: 'eq', value: tenantId };
  if (!values) {
    extensions.setSubscriptionFilter({ filterGroup: [{ filters: [ofTenant] }] });
    return;
  }
  if (values.length === 0 || values.length > maxValues) {
    util.error(`${argument} takes 1 to ${maxValues} values`, 'Validation', null, { field: argument });
  }
  const filterGroup: Group[] = [];
  let group: string[] = [];
  for (const value of values) {
    group.push(value);
    if (group.length === valuesPerGroup) {
      filterGroup.push({ filters: [ofTenant, { fieldName, operator: 'in', value: group }] });
      group = [];
    }
  }
  if (group.length > 0)
    filterGroup.push({ filters: [ofTenant, { fieldName, operator: 'in', value: group }] });
  extensions.setSubscriptionFilter({ filterGroup });
}
