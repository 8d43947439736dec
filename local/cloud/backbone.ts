import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Invoke } from '../apigateway/invoke.ts';
import { type Chaos, type ChaosSettings, createChaos } from '../events/chaos.ts';
import { createEventBuses, type EventBuses } from '../events/event-bus.ts';
import { type EventTargets, openEventTargets, type RunGraphql } from '../events/event-targets.ts';
import type { Queue } from '../events/queue.ts';
import { type Schedules, startSchedules } from '../events/schedules.ts';
import type { EventStore } from '../events/store.ts';
import type { Principal } from '../iam/principals.ts';
import { type AsyncInvocations, openAsyncInvocations, type SendTo } from '../lambda/async-invocations.ts';
import { createFunctions, type Functions } from '../lambda/functions.ts';
import type { LogSink } from '../lambda/log-sink.ts';
import { type LogSubscriptions, openLogSubscriptions } from '../logs/subscriptions.ts';
import type { Model } from '../template/model.ts';
import { accountId, region } from '../template/pseudo.ts';
import { type EventSources, startEventSources } from './event-sources.ts';
import { asyncSettings, type EndpointUrls, functionRoles, functionSettings } from './functions.ts';
import { logSubscriptions } from './log-subscriptions.ts';
import { openQueues } from './queues.ts';
import { busRules, scheduledRules } from './rules.ts';
import { makeTables } from './tables.ts';

export interface BackboneOptions {
  model: Model;
  store: EventStore;
  principals: ReadonlyMap<string, Principal>;
  host: Principal;
  endpoints: EndpointUrls;
  environmentLimit: number;
  logs: LogSink;
  logger: (line: string) => void;
  retryMs: number;
  chaos: ChaosSettings | undefined;
  runGraphql: RunGraphql;
}

/** Everything that works without anybody calling from outside: functions, tables, queues, buses, sources, schedules. */
export interface Backbone {
  functions: Functions;
  asyncInvocations: AsyncInvocations;
  queues: ReadonlyMap<string, Queue>;
  buses: EventBuses;
  chaos: Chaos;
  invoke: Invoke;
  /** Begins to read queues and streams and to fire schedules: when everything that functions call answers. */
  run(): Promise<void>;
  /** Fires a scheduled rule now. */
  fireSchedule(logicalId: string): void;
  /** Resolves when nothing is under way: no record, delivery, message (but delayed ones) or invocation. */
  idle(): Promise<void>;
  /** Stops taking up work, then ends every environment. */
  close(): Promise<void>;
}

/** Makes the tables and the event machinery of the app. Undelivered work of an earlier run starts with `run`. */
export async function startBackbone(options: BackboneOptions): Promise<Backbone> {
  const { model, store, principals } = options;
  const parts = makeParts(options);
  const { functions, queues, buses, asyncInvocations, targets, chaos, sendTo, subscriptions } = parts;
  const { streamArns, streamsClient } = await openTables(options);
  let sources: EventSources | undefined;
  let schedules: Schedules | undefined;

  return {
    functions,
    asyncInvocations,
    queues,
    buses,
    chaos,
    invoke: invoker(functions),
    async run() {
      const roles = functionRoles(model, principals);
      const { retryMs } = options;
      const own = { model, store, chaos, functions, roles, queues, sendTo, retryMs };
      sources = startEventSources({ ...own, streamArns, streamsClient });
      schedules = startSchedules(scheduledRules(model, targets));
      asyncInvocations.resume();
      targets.resume();
      await sources.ready;
    },
    fireSchedule: (logicalId) => schedules?.fire(logicalId),
    idle: () => untilIdle({ functions, asyncInvocations, targets, sources, subscriptions }),
    async close() {
      schedules?.close();
      targets.close();
      asyncInvocations.close();
      const stopped = sources?.close();
      await functions.close();
      // The last lines go with the next start.
      subscriptions.close();
      await stopped;
      streamsClient.destroy();
    },
  };
}

/** Functions, queues and buses know each other: a function's failures go to queues and buses, and theirs to functions. */
function makeParts(options: BackboneOptions) {
  const { model, store, principals, logger, retryMs, runGraphql } = options;
  const chaos = createChaos(options.chaos);
  const known = functionSettings(model, principals, options.endpoints);
  const functions = createFunctions({
    functions: known,
    environmentLimit: options.environmentLimit,
    logs: options.logs,
  });
  const queues = openQueues(model, store, chaos, logger);
  const sendTo: SendTo = (arn, body, attributes) =>
    send(arn, body, attributes, { queues, asyncInvocations, buses });
  const settings = asyncSettings(model);
  const retryDelaysMs = [retryMs, 2 * retryMs];
  const asyncInvocations = openAsyncInvocations({ store, chaos, functions, settings, sendTo, retryDelaysMs });
  const targets = openEventTargets({ store, chaos, queues, asyncInvocations, runGraphql, retryMs, logger });
  const subscriptions = openLogSubscriptions({
    subscriptions: logSubscriptions(model, known),
    hear: (name, listener) => options.logs.hear(name, listener),
    deliver: (arn, payload) => asyncInvocations.add(arn, payload),
  });
  const busNames = model.ofType('AWS::Events::EventBus').map(({ ref }) => ref);
  const buses = createEventBuses(store, busNames, busRules(model, targets), { accountId, region });
  return { chaos, functions, queues, sendTo, asyncInvocations, targets, buses, subscriptions };
}

async function openTables({ model, host, endpoints }: BackboneOptions) {
  const { accessKeyId, secretAccessKey } = host;
  const config = { region, endpoint: endpoints.dynamodb, credentials: { accessKeyId, secretAccessKey } };
  const client = new DynamoDBClient(config);
  const streamArns = await makeTables(model, client);
  client.destroy();
  return { streamArns, streamsClient: new DynamoDBStreamsClient(config) };
}

function invoker(functions: Functions): Invoke {
  return async (functionArn, event) => {
    const { payload, functionError } = await functions.invoke(functionArn, JSON.stringify(event));
    return { payload: JSON.parse(payload) as unknown, ...(functionError ? { functionError } : {}) };
  };
}

interface Destinations {
  queues: ReadonlyMap<string, Queue>;
  asyncInvocations: AsyncInvocations;
  buses: EventBuses;
}

function send(arn: string, body: string, attributes: Record<string, string>, to: Destinations): void {
  const queue = to.queues.get(arn);
  if (queue) {
    const entries = Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    queue.send({ body, attributes: Object.fromEntries(entries) });
    return;
  }
  const service = arn.split(':')[2];
  if (service === 'lambda') {
    to.asyncInvocations.add(arn, body);
    return;
  }
  if (service !== 'events') throw new Error(`Destination ${arn} is of a kind not known here`);
  const busName = arn.split('/').at(-1) ?? 'default';
  to.buses.put([
    { busName, source: 'lambda', detailType: 'Lambda Function Invocation Result', detail: body },
  ]);
}

interface Working {
  functions: Functions;
  asyncInvocations: AsyncInvocations;
  targets: EventTargets;
  sources: EventSources | undefined;
  subscriptions: LogSubscriptions;
}

/**
 * Work makes work: an invocation writes a record, the record makes an event, the event fills a queue. So the counts
 * must be zero before and after a look at the streams, with no invocation begun in between.
 */
async function untilIdle({
  functions,
  asyncInvocations,
  targets,
  sources,
  subscriptions,
}: Working): Promise<void> {
  const underWay = () =>
    functions.busy() +
    asyncInvocations.pending() +
    subscriptions.pending() +
    targets.pending() +
    (sources?.consumedQueues ?? []).reduce((sum, queue) => {
      const { visible, inFlight } = queue.counts();
      return sum + visible + inFlight;
    }, 0);
  for (;;) {
    while (underWay() > 0) {
      subscriptions.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const begun = functions.begun();
    await sources?.streamsDrained();
    if (underWay() === 0 && functions.begun() === begun) return;
  }
}
