/**
 * The value of a setting that the stack gives this function. Throws at start, naming the setting, when the
 * stack forgot it: a function that starts is configured.
 */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`setting ${name} is missing`);
  return value;
}

/** The names of the tables. */
export function tableNames(): { registry: string; operations: string; ledger: string } {
  return {
    registry: setting('REGISTRY_TABLE'),
    operations: setting('OPERATIONS_TABLE'),
    ledger: setting('LEDGER_TABLE'),
  };
}
