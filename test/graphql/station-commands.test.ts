import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { expect, it } from 'vitest';
import * as v16 from '../../functions/ocpp/v16/actions.ts';
import * as v201 from '../../functions/ocpp/v201/actions.ts';

function commandsIn(path: string): string[] {
  const { definitions } = parse(readFileSync(path, 'utf8'));
  return definitions.flatMap((node) =>
    node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'StationCommand'
      ? (node.values ?? []).map(({ name }) => name.value)
      : [],
  );
}

/** The calls a CSMS may send in one version: what is built, and what is known and not built. */
function callsOf({ outboundActions, notBuilt }: typeof v16 | typeof v201): string[] {
  const known = Object.entries(notBuilt).filter(([, direction]) => direction !== 'from station');
  return [...outboundActions.map(({ name }) => name), ...known.map(([name]) => name)];
}

const upperSnake = (action: string) => action.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

it('a tenant can send every call of both OCPP versions, and the ten commands of the specification', () => {
  const calls = [...callsOf(v16), ...callsOf(v201)].map(upperSnake);
  const neutral = commandsIn('test/fixtures/graphql/specification.graphql');

  expect(neutral).toHaveLength(10);
  expect(new Set(commandsIn('graphql/schema.graphql'))).toEqual(new Set([...neutral, ...calls]));
});
