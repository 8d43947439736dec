/**
 * Fields the schema promises that nobody answers yet. Asked for, they say so (`NotImplemented`) instead of giving an
 * empty answer. Whoever builds one adds its resolver and takes it off this list.
 */
export const notBuilt: readonly string[] = [];
