import { type Context, util } from '@aws-appsync/utils';

/** Says, instead of an empty answer, that a field is not built yet. */
export function request(ctx: Context) {
  return util.error(`${ctx.info.parentTypeName}.${ctx.info.fieldName} is not built yet`, 'NotImplemented');
}

export function response() {
  return null;
}
