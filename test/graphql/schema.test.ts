import { readFileSync } from 'node:fs';
import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { connectorTypes } from '#core/stations/connector-types.ts';
import { buildAppSyncSchema } from '../../local/appsync/schema/build.ts';

const schema = readFileSync('graphql/schema.graphql', 'utf8');
const specification = parse(readFileSync('test/fixtures/graphql/specification.graphql', 'utf8'));
const definitions = new Map(typesOf(parse(schema)).map((type) => [type.name.value, type]));

/** AppSync takes no scalars of one's own, so the specification's two go by AppSync's names for them. */
const appSyncNames: Readonly<Record<string, string>> = { DateTime: 'AWSDateTime', JSON: 'AWSJSON' };

function typesOf(document: DocumentNode): TypeDefinitionNode[] {
  return document.definitions.filter((node): node is TypeDefinitionNode =>
    node.kind.endsWith('TypeDefinition'),
  );
}

function typeText(field: FieldDefinitionNode | InputValueDefinitionNode): string {
  return print(field.type).replace(/\w+/g, (name) => appSyncNames[name] ?? name);
}

/** What a type consists of, one line each: values of an enum, fields with their types, arguments with theirs. */
function linesOf(type: TypeDefinitionNode | undefined): string[] {
  if (type?.kind === Kind.ENUM_TYPE_DEFINITION) return (type.values ?? []).map(({ name }) => name.value);
  if (type?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
    return (type.fields ?? []).map((field) => `${field.name.value}: ${typeText(field)}`);
  }
  if (type?.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
  return (type.fields ?? []).flatMap((field) => [
    `${field.name.value}: ${typeText(field)}`,
    ...(field.arguments ?? []).map(
      (argument) => `${field.name.value}(${argument.name.value}: ${typeText(argument)})`,
    ),
  ]);
}

describe('GraphQL schema', () => {
  it('is one that AppSync takes', () => {
    expect(() => buildAppSyncSchema(schema)).not.toThrow();
  });

  it.each(typesOf(specification).map((type) => [type.name.value, type] as const))(
    'has all that the specification says of %s',
    (name, type) => {
      const ours = definitions.get(name);

      expect(ours?.kind).toBe(type.kind);
      expect(linesOf(ours)).toEqual(expect.arrayContaining(linesOf(type)));
    },
  );

  it('adds no argument to the specification’s fields that a client would have to give', () => {
    for (const type of typesOf(specification)) {
      const ours = definitions.get(type.name.value);
      if (ours?.kind !== Kind.OBJECT_TYPE_DEFINITION || type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      for (const { name, arguments: theirs = [] } of type.fields ?? []) {
        const field = ours.fields?.find((candidate) => candidate.name.value === name.value);
        const known = new Set(theirs.map((argument) => argument.name.value));
        const added = (field?.arguments ?? []).filter((argument) => !known.has(argument.name.value));

        for (const argument of added) expect(argument.type.kind, name.value).not.toBe(Kind.NON_NULL_TYPE);
      }
    }
  });

  it('adds no input field that a client of the specification would have to give', () => {
    for (const type of typesOf(specification)) {
      if (type.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue;
      const known = new Set((type.fields ?? []).map((field) => field.name.value));
      const added = linesOf(definitions.get(type.name.value)).filter(
        (line) => !known.has(line.split(':')[0] ?? ''),
      );

      for (const line of added) expect(line, type.name.value).not.toMatch(/!$/);
    }
  });

  it('opens to EventBridge what is published, and nothing else', () => {
    const open = typesOf(parse(schema)).flatMap((type) => {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
      const fields = (type.fields ?? []).filter((field) => isOpen(field)).map((field) => field.name.value);
      return [
        ...(isOpen(type) ? [type.name.value] : []),
        ...fields.map((field) => `${type.name.value}.${field}`),
      ];
    });

    expect(open.sort()).toEqual([
      'CommandUpdate',
      'ConnectorStatusUpdate',
      'CrossNetworkSessionEvent',
      'Mutation.publishAlert',
      'Mutation.publishCommandUpdate',
      'Mutation.publishConnection',
      'Mutation.publishConnectorStatus',
      'Mutation.publishCrossNetworkSession',
      'Mutation.publishPartnerUpdate',
      'Mutation.publishSessionMetrics',
      'Mutation.publishSessionUpdate',
      'Mutation.publishStationStatus',
      'OCPIPartnerUpdate',
      'OCPPConnectionEvent',
      'SessionRealTimeMetrics',
      'SessionUpdate',
      'StationStatusUpdate',
      'SystemAlert',
    ]);
  });

  it('names the tenant in everything that is published, so that subscriptions can be filtered by it', () => {
    const { executable } = buildAppSyncSchema(schema);

    for (const field of Object.values(executable.getSubscriptionType()?.getFields() ?? {})) {
      if (!field.astNode?.directives?.some(({ name }) => name.value === 'aws_subscribe')) continue;
      const payload = definitions.get(String(field.type).replace('!', ''));
      const names = linesOf(payload).map((line) => line.replace(/!$/, ''));
      expect(names, field.name).toContain('tenantId: ID');
    }
  });
});

describe('what the schema says of itself', () => {
  it('leaves no type, field, argument, input or value without a description', () => {
    const silent = parse(schema).definitions.flatMap((node) =>
      node.kind.endsWith('TypeDefinition') ? silentIn(node as TypeDefinitionNode) : [],
    );

    expect(silent).toEqual([]);
  });

  it('lets every mutation of a client be repeated under a name', () => {
    const ofClients = linesByField('Mutation').filter(({ isOpen: isOfBus }) => !isOfBus);

    expect(ofClients.length).toBeGreaterThan(30);
    for (const { name, lines } of ofClients) expect(lines, name).toContain(`${name}(clientToken: String)`);
  });

  it('lets what people edit be changed from the version that was read', () => {
    // Settings are set one by one, each to what is said: there is nothing that a stale reader could undo.
    const edits = linesByField('Mutation').filter(
      ({ name }) => name.startsWith('update') && name !== 'updateStationConfiguration',
    );

    expect(edits.length).toBeGreaterThan(5);
    for (const { name, type, lines } of edits) {
      expect(lines, name).toContain(`${name}(version: Int)`);
      expect(linesOf(definitions.get(type)), type).toContain('version: Int!');
    }
  });

  it('names the types of connectors that stations may have', () => {
    expect(linesOf(definitions.get('ConnectorType'))).toEqual([...connectorTypes]);
  });

  it('states the bounds of every list that is read in pages', () => {
    for (const type of typesOf(parse(schema))) {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      for (const field of type.fields ?? []) {
        const limit = field.arguments?.find((argument) => argument.name.value === 'limit');
        if (limit) expect(limit.description?.value, field.name.value).toMatch(/1 to 200/);
      }
    }
  });
});

/** The fields of one type: what they give, and a line for each argument. */
function linesByField(typeName: string) {
  const type = definitions.get(typeName);
  const fields = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields ?? []) : [];
  return fields.map((field) => {
    const name = field.name.value;
    const lines = linesOf(type).filter((line) => line.startsWith(`${name}(`));
    return { name, lines, type: typeText(field).replace('!', ''), isOpen: isOpen(field) };
  });
}

/** What of a type has no description: the type, its fields or values, their arguments. */
function silentIn(type: TypeDefinitionNode): string[] {
  const name = type.name.value;
  const members = [
    ...('fields' in type ? (type.fields ?? []) : []),
    ...(type.kind === Kind.ENUM_TYPE_DEFINITION ? (type.values ?? []) : []),
  ];
  return [
    ...(type.description ? [] : [name]),
    ...members.flatMap((member) => {
      const path = `${name}.${member.name.value}`;
      const given = 'arguments' in member ? (member.arguments ?? []) : [];
      const silent = given.filter(({ description }) => !description);
      return [
        ...(member.description ? [] : [path]),
        ...silent.map((argument) => `${path}(${argument.name.value})`),
      ];
    }),
  ];
}

function isOpen({ directives }: TypeDefinitionNode | FieldDefinitionNode): boolean {
  return directives?.some(({ name }) => name.value === 'aws_iam') ?? false;
}
