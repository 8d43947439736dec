/**
 * The value of a setting that the stack gives this function. Throws at start, naming the setting, when the
 * stack forgot it: a function that starts is configured.
 */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`setting ${name} is missing`);
  return value;
}

/** Settings that hold the tables' names. */
const tableSettings = {
  registry: 'REGISTRY_TABLE',
  operations: 'OPERATIONS_TABLE',
  ledger: 'LEDGER_TABLE',
} as const;
type TableRole = keyof typeof tableSettings;

/** The names of the tables that a function may reach; the others have none, so that no request finds them. */
export function tableNames(
  ...roles: readonly [TableRole, ...TableRole[]]
): Readonly<Record<TableRole, string>> {
  const nameOf = (role: TableRole) => (roles.includes(role) ? setting(tableSettings[role]) : '');
  return { registry: nameOf('registry'), operations: nameOf('operations'), ledger: nameOf('ledger') };
}

/** A setting that is a whole number, zero or more. Throws at start, naming it, when it is none. */
export function wholeSetting(name: string): number {
  const value = Number(setting(name));
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`setting ${name} is no whole number`);
  return value;
}
