/** A part of a station that has variables of its own: of the whole station, of an EVSE, or of one of its connectors. */
export interface ComponentRef {
  readonly name: string;
  readonly instance?: string;
  readonly evseId?: number;
  readonly connectorId?: number;
}

export interface VariableRef {
  readonly name: string;
  readonly instance?: string;
}

/** Which of its values: the one in force, the one it works towards, the least and the most it may be set to. */
export type AttributeType = 'ACTUAL' | 'TARGET' | 'MIN_SET' | 'MAX_SET';

export type Mutability = 'READ_ONLY' | 'WRITE_ONLY' | 'READ_WRITE';

/** One value of a variable. Times in epoch milliseconds, by our clock. */
export interface VariableAttribute {
  readonly type: AttributeType;
  /** Absent while nobody told it, and for what can only be written. */
  readonly value?: string;
  /** What it becomes with the next restart, and when the station said so. */
  readonly pending?: { readonly value: string; readonly at: number };
  readonly mutability?: Mutability;
  readonly persistent?: boolean;
  readonly constant?: boolean;
  /** When the station last told the value. */
  readonly reportedAt: number;
}

/** What a variable can hold. */
export interface VariableCharacteristics {
  readonly dataType?: string;
  readonly unit?: string;
  readonly minLimit?: number;
  readonly maxLimit?: number;
  readonly valuesList?: string;
  readonly supportsMonitoring?: boolean;
}

export interface Variable extends VariableRef {
  readonly attributes: readonly VariableAttribute[];
  readonly characteristics?: VariableCharacteristics;
  /** When anything of it was last told. */
  readonly reportedAt: number;
  /** Since when the station does not have it: it said so, or left it out of a complete inventory. */
  readonly goneAt?: number;
}

/** A component with all its variables, as far as the station told of them. */
export interface Component extends ComponentRef {
  readonly variables: readonly Variable[];
  /** Grows by one with every change: the fence of concurrent ones. */
  readonly revision: number;
}

/** Where stations without components keep their settings. */
export const settingsComponent: ComponentRef = { name: 'Configuration' };

/** What a station told of one variable: what is named replaces what was known, the rest stays. */
export interface ToldVariable {
  readonly component: ComponentRef;
  readonly variable: VariableRef;
  readonly attributes: readonly ToldAttribute[];
  readonly characteristics?: VariableCharacteristics;
  /** The station says it has no such variable. */
  readonly unknown?: true;
}

export type ToldAttribute = Omit<VariableAttribute, 'reportedAt' | 'pending'> & {
  /** What it becomes with the next restart. */
  readonly pending?: string;
};

/** A text that tells components apart, in the order of their names. */
export function componentKey({ name, instance, evseId, connectorId }: ComponentRef): string {
  return JSON.stringify([name, instance ?? null, evseId ?? null, connectorId ?? null]);
}

/** A text that tells the variables of a component apart. */
export function variableKey({ name, instance }: VariableRef): string {
  return JSON.stringify(instance === undefined ? [name] : [name, instance]);
}

/** The value of a variable that counts: the one in force. */
export function actualOf(variable: Variable | undefined): VariableAttribute | undefined {
  return variable?.attributes.find(({ type }) => type === 'ACTUAL');
}
