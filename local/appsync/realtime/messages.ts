import * as z from 'zod';

const RECORD = z.record(z.string(), z.unknown());

const START = z.object({
  type: z.literal('start'),
  id: z.string().min(1),
  payload: z.object({
    data: z.string(),
    extensions: z.object({ authorization: RECORD }),
  }),
});

/** What a client may say. https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html */
const CLIENT_MESSAGE = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection_init') }),
  START,
  z.object({ type: z.literal('stop'), id: z.string() }),
]);

const OPERATION = z.object({
  query: z.string(),
  variables: RECORD.nullish(),
  operationName: z.string().nullish(),
});

export type ClientMessage = z.infer<typeof CLIENT_MESSAGE>;
export type StartMessage = z.infer<typeof START>;
export type SubscriptionOperation = z.infer<typeof OPERATION>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a message of the client; undefined when it is none. */
export function readClientMessage(text: string): ClientMessage | undefined {
  return CLIENT_MESSAGE.safeParse(parseJson(text)).data;
}

/** The `type` and `id` of a message that is none, for the error about it. */
export function readMessageHead(text: string): { type: string; id?: string } {
  const head = z.object({ type: z.string().catch('unknown'), id: z.string().optional().catch(undefined) });
  const { type = 'unknown', id } = head.safeParse(parseJson(text)).data ?? {};
  return id === undefined ? { type } : { type, id };
}

/** Reads the JSON string in `payload.data` of a `start`. */
export function readOperation(data: string): SubscriptionOperation | undefined {
  return OPERATION.safeParse(parseJson(data)).data;
}

/** Header fields as text under lower-case names; what is no text is left out. */
export function readHeaders(value: unknown): Record<string, string> {
  const fields = RECORD.safeParse(value).data ?? {};
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      typeof field === 'string' ? [[name.toLowerCase(), field]] : [],
    ),
  );
}

/** The authorization fields of a handshake: subprotocol `header-…`, or `?header=` of older clients. */
export function readHandshakeHeaders(subprotocols: string, query: URLSearchParams): Record<string, string> {
  const offered = subprotocols.split(',').map((name) => name.trim());
  const encoded = offered.find((name) => name.startsWith('header-'))?.slice('header-'.length);
  const text = Buffer.from(encoded ?? query.get('header') ?? '', 'base64url').toString('utf8');
  return readHeaders(parseJson(text));
}
