import type {
  AttributeType,
  ComponentRef,
  Mutability,
  ToldAttribute,
  ToldVariable,
  VariableRef,
} from '#core/device-model/device-model.ts';
import { noteVariables } from '#core/device-model/note-variables.ts';
import { isSecret } from '../secrets.ts';
import type { OcppServices } from '../services.ts';
import { limitsIn } from './limits.ts';
import type {
  AttributeEnumType,
  ComponentType,
  MutabilityEnumType,
  ReportDataType,
  VariableAttributeType,
  VariableType,
} from './schema/messages.ts';

const attributeTypes: Readonly<Record<AttributeEnumType, AttributeType>> = {
  Actual: 'ACTUAL',
  Target: 'TARGET',
  MinSet: 'MIN_SET',
  MaxSet: 'MAX_SET',
};

const mutabilities: Readonly<Record<MutabilityEnumType, Mutability>> = {
  ReadOnly: 'READ_ONLY',
  WriteOnly: 'WRITE_ONLY',
  ReadWrite: 'READ_WRITE',
};

export function attributeType(type: AttributeEnumType = 'Actual'): AttributeType {
  return attributeTypes[type];
}

export function componentRef({ name, instance, evse }: ComponentType): ComponentRef {
  return {
    name,
    ...(instance === undefined ? {} : { instance }),
    ...(evse === undefined ? {} : { evseId: evse.id }),
    ...(evse?.connectorId === undefined ? {} : { connectorId: evse.connectorId }),
  };
}

export function variableRef({ name, instance }: VariableType): VariableRef {
  return { name, ...(instance === undefined ? {} : { instance }) };
}

/** The component as OCPP writes it. */
export function componentType({ name, instance, evseId, connectorId }: ComponentRef): ComponentType {
  const connector = connectorId === undefined ? {} : { connectorId };
  return {
    name,
    ...(instance === undefined ? {} : { instance }),
    ...(evseId === undefined ? {} : { evse: { id: evseId, ...connector } }),
  };
}

/** One entry of a report. Types are Actual and mutability ReadWrite where the station leaves them out (2.0.1 §2.53). */
export function toldVariable(data: ReportDataType): ToldVariable {
  const { component, variable, variableAttribute, variableCharacteristics } = data;
  return {
    component: componentRef(component),
    variable: variableRef(variable),
    attributes: variableAttribute.map(toldAttribute),
    ...(variableCharacteristics === undefined
      ? {}
      : { characteristics: characteristicsOf(variableCharacteristics) }),
  };
}

function toldAttribute(attribute: VariableAttributeType): ToldAttribute {
  const { type, value, mutability = 'ReadWrite', persistent = false, constant = false } = attribute;
  return {
    type: attributeType(type),
    mutability: mutabilities[mutability],
    persistent,
    constant,
    ...(value === undefined || mutability === 'WriteOnly' ? {} : { value }),
  };
}

function characteristicsOf({
  customData: _,
  ...characteristics
}: NonNullable<ReportDataType['variableCharacteristics']>) {
  return characteristics;
}

/** Keeps what a station told of its variables, passwords aside, and the limits among them. */
export async function learnVariables(
  services: OcppServices,
  stationId: string,
  told: readonly ToldVariable[],
  at: number,
): Promise<void> {
  const open = told.filter(({ variable }) => !isSecret(variable.name));
  await noteVariables(services, { stationId, told: open, at });
  await services.limits.noteLimits(stationId, limitsIn(open));
}
