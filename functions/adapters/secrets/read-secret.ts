import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A rotated secret counts everywhere after this. */
const keptMs = 5 * 60_000;

let client: SecretsManagerClient | undefined;
const kept = new Map<string, { readonly value: Promise<string>; readonly until: number }>();

/** The text of a secret, read at most every five minutes per process. A failed read is not kept. */
export async function readSecret(arn: string, now: () => number = Date.now): Promise<string> {
  const known = kept.get(arn);
  if (known !== undefined && known.until > now()) return known.value;
  const value = fetchSecret(arn);
  kept.set(arn, { value, until: now() + keptMs });
  value.catch(() => kept.delete(arn));
  return value;
}

async function fetchSecret(arn: string): Promise<string> {
  client ??= new SecretsManagerClient({ maxAttempts: 3 });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (SecretString === undefined) throw new Error(`secret ${arn} has no text`);
  return SecretString;
}
