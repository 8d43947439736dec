import { Kind, parse } from 'graphql';

/** A field with its type: `Query.station`. */
export type FieldName = string;

/** Every field of every object type of a schema. */
export function fieldsOf(sdl: string): ReadonlySet<FieldName> {
  const { definitions } = parse(sdl);
  return new Set(
    definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (definition.fields ?? []).map((field) => `${definition.name.value}.${field.name.value}`)
        : [],
    ),
  );
}

export function splitField(field: FieldName): { typeName: string; fieldName: string } {
  const [typeName = '', fieldName = ''] = field.split('.');
  return { typeName, fieldName };
}
