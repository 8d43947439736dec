import { readFile } from 'node:fs/promises';
import * as z from 'zod';

/** What a running local system says of itself: where everything is and who may sign in. */
const localEndpoints = z.object({
  stage: z.literal('local'),
  http: z.url(),
  https: z.url(),
  ocpp: z.url(),
  ocppTls: z.url(),
  caFile: z.string(),
  graphql: z.url(),
  graphqlRealtime: z.url(),
  ocpi: z.url(),
  admin: z.url(),
  realtime: z.url(),
  issuer: z.url(),
  tokenEndpoint: z.url(),
  /** A page to ask the GraphQL API from. */
  explorer: z.url().optional(),
  tenants: z.array(z.object({ id: z.string(), slug: z.string() })),
  users: z.array(
    z.object({
      tenant: z.string().optional(),
      role: z.string(),
      clientId: z.string(),
      clientSecret: z.string(),
      jwt: z.string(),
    }),
  ),
});

export type LocalEndpoints = z.infer<typeof localEndpoints>;

/** Reads the endpoints file of a running local system; throws when none runs. */
export async function readLocalEndpoints(file = '.local/endpoints.json'): Promise<LocalEndpoints> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`${file} is not there: start the system first with npm start`);
  });
  return localEndpoints.parse(JSON.parse(text));
}
