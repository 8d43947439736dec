/** Fields the schema promises that nobody answers yet. */
export const notBuilt: readonly string[] = [];
