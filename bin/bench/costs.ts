import type { LocalEndpoints } from '../local-endpoints.ts';
import type { LocalSystem } from '../local-system.ts';
import { connectStation } from '../simulator/fleet.ts';
import type { Charge, StationAccess, VirtualStation } from '../simulator/virtual-station.ts';
import { meterWh, powerW } from './believable-meter.ts';
import { addStations } from './bench-stations.ts';

/** What one message costs in DynamoDB: on the way to its answer, and for everything it sets off. */
export interface MessageCost {
  readonly message: string;
  readonly version: string;
  readonly stations: number;
  readonly answer: Cost;
  readonly everything: Cost;
  /** What the station log writes of it. */
  readonly log: Cost;
  /** Everything, by the name of the function that does it, and by the operation. */
  readonly byFunction: Readonly<Record<string, Readonly<Record<string, Cost>>>>;
}

export interface Cost {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly calls: number;
}

const token = '04A1B2C3D4E5F6';
const rounds = 10;

/** One kind of message: what has to be so before it, and the message itself. */
interface Step {
  readonly message: string;
  readonly prepare?: (station: VirtualStation) => Promise<Charge>;
  readonly send: (station: VirtualStation, charge: Charge | undefined, round: number) => Promise<unknown>;
  /** Ends what the message began, uncounted: a session left open would cost the next start its end. */
  readonly tidy?: (station: VirtualStation) => Promise<void>;
}

let running: Charge | undefined;
let startedAt = 0;

async function begin(station: VirtualStation): Promise<Charge> {
  startedAt = Date.now();
  const { charge } = await station.start(1, token, new Date(startedAt), meterWh(startedAt, startedAt));
  running = charge;
  return charge;
}

async function meter(station: VirtualStation, charge: Charge | undefined): Promise<void> {
  const at = Date.now();
  const reading = { at: new Date(at), energyWh: meterWh(startedAt, at), powerW, stateOfCharge: 50 };
  await station.meter(some(charge), reading);
}

async function end(station: VirtualStation): Promise<void> {
  const at = Date.now();
  await station.stop(some(running), new Date(at), meterWh(startedAt, at));
}

function some(charge: Charge | undefined): Charge {
  if (!charge) throw new Error('no charge was prepared');
  return charge;
}

const steps: readonly Step[] = [
  { message: 'BootNotification', send: (station) => station.boot() },
  { message: 'Heartbeat, within 2 min of a write', send: (station) => station.heartbeat() },
  {
    message: 'StatusNotification',
    send: (station, _, round) => station.status(1, round % 2 === 0 ? 'Charging' : 'Available'),
  },
  { message: 'Authorize', send: (station) => station.authorize(token) },
  { message: 'StartTransaction / TransactionEvent Started', send: begin, tidy: end },
  {
    message: 'MeterValues / TransactionEvent Updated, 5 values',
    prepare: begin,
    send: meter,
    tidy: end,
  },
  {
    message: 'StopTransaction / TransactionEvent Ended',
    prepare: begin,
    send: end,
  },
];

/** An operator's remote start, answered by the station. What it costs is not on the way to any frame's answer. */
async function command(endpoints: LocalEndpoints, stationId: string): Promise<void> {
  const operator = endpoints.users.find(({ tenant, role }) => tenant === 'demo' && role === 'OPERATOR');
  const parameters = JSON.stringify({ connectorId: 1, idToken: token });
  const query = `mutation Send($stationId: String!, $parameters: AWSJSON) {
    sendStationCommand(stationId: $stationId, command: { command: START_TRANSACTION, parameters: $parameters }) { status }
  }`;
  const response = await fetch(endpoints.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: operator?.jwt ?? '' },
    body: JSON.stringify({ query, variables: { stationId, parameters } }),
  });
  const answer = await response.text();
  if (!answer.includes('"ACCEPTED"')) throw new Error(`the command was not accepted: ${answer}`);
}

/** Measures every kind of message, with the given number of stations in the table. */
export async function measureCosts(system: LocalSystem, stations: number): Promise<readonly MessageCost[]> {
  const results: MessageCost[] = [];
  for (const version of ['1.6', '2.0.1'] as const) {
    const prefix = `COST${version === '1.6' ? '16' : '201'}N${stations}-`;
    const [access] = await addStations(system, { prefix, count: Math.ceil(stations / 2), version });
    if (!access) throw new Error('no station to measure with');
    results.push(...(await measureStation(system, access, stations)));
  }
  return results;
}

async function measureStation(
  system: LocalSystem,
  access: StationAccess,
  stations: number,
): Promise<readonly MessageCost[]> {
  const station = await connectStation(access);
  await station.boot();
  const results: MessageCost[] = [];
  const remote: Step = {
    message: 'A command, sent and answered (answer: the station’s alone)',
    send: () => command(system.endpoints, access.stationId),
  };
  for (const step of [...steps, remote]) {
    const costs: Consumed[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const charge = await step.prepare?.(station);
      await system.cloud.idle();
      await system.cloud.consumed(true);
      await step.send(station, charge, round);
      await system.cloud.idle();
      costs.push(await consumed(system));
      await step.tidy?.(station);
    }
    const { message } = step;
    const answer = average(costs.map((cost) => cost.answer));
    const everything = average(costs.map((cost) => cost.everything));
    const log = average(costs.map((cost) => cost.log));
    const byFunction = averageByFunction(costs.map((cost) => cost.byFunction));
    results.push({ message, version: access.version, stations, answer, everything, log, byFunction });
  }
  await station.close();
  return results;
}

/** Streams are read all the time, whether there is something or not, and cost no units. */
const ofStreams = new Set(['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams']);

type Consumed = Pick<MessageCost, 'answer' | 'everything' | 'log' | 'byFunction'>;

async function consumed(system: LocalSystem): Promise<Consumed> {
  const byPrincipal = await system.cloud.consumed();
  const answering = system.cloud.accessKeyOf('StationLink');
  const logging = system.cloud.accessKeyOf('StationLogKeep');
  const sum = (keys: readonly string[]): Cost => {
    const all = keys
      .flatMap((key) => Object.entries(byPrincipal[key] ?? {}))
      .filter(([operation]) => !ofStreams.has(operation))
      .map(([, cost]) => cost);
    const total = (pick: (cost: Cost) => number): number =>
      all.reduce((before, cost) => before + pick(cost), 0);
    return {
      readUnits: total(({ readUnits }) => readUnits),
      writeUnits: total(({ writeUnits }) => writeUnits),
      calls: total(({ calls }) => calls),
    };
  };
  const others = Object.keys(byPrincipal).filter((key) => key !== logging);
  const names = system.cloud.functionsByAccessKey();
  const byFunction = Object.fromEntries(
    Object.entries(byPrincipal).flatMap(([key, operations]) => {
      const name = names.get(key);
      const told = Object.entries(operations).filter(([operation]) => !ofStreams.has(operation));
      return name === undefined || told.length === 0 ? [] : [[name, Object.fromEntries(told)]];
    }),
  );
  return { answer: sum([answering]), everything: sum(others), log: sum([logging]), byFunction };
}

const nothing: Cost = { readUnits: 0, writeUnits: 0, calls: 0 };

/** A function that did nothing in a round counts as nothing there. */
function averageByFunction(rounds: readonly MessageCost['byFunction'][]): MessageCost['byFunction'] {
  const pairs = new Set(
    rounds.flatMap((byFunction) =>
      Object.entries(byFunction).flatMap(([name, operations]) =>
        Object.keys(operations).map((operation) => `${name} ${operation}`),
      ),
    ),
  );
  const result: Record<string, Record<string, Cost>> = {};
  for (const pair of [...pairs].sort()) {
    const [name = '', operation = ''] = pair.split(' ');
    const mean = average(rounds.map((byFunction) => byFunction[name]?.[operation] ?? nothing));
    result[name] = { ...result[name], [operation]: mean };
  }
  return result;
}

function average(costs: readonly Cost[]): Cost {
  const mean = (pick: (cost: Cost) => number): number =>
    Math.round((costs.reduce((sum, cost) => sum + pick(cost), 0) / costs.length) * 100) / 100;
  return {
    readUnits: mean(({ readUnits }) => readUnits),
    writeUnits: mean(({ writeUnits }) => writeUnits),
    calls: mean(({ calls }) => calls),
  };
}
