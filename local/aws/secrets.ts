import { createHash, randomBytes, randomInt } from 'node:crypto';
import * as z from 'zod';
import type { EventStore } from '../events/store.ts';
import type { Model } from '../template/model.ts';
import { AwsError } from './aws-error.ts';
import type { AwsService } from './endpoint.ts';
import { jsonService, operation } from './json-service.ts';

const secretSchema = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: z
    .object({
      PasswordLength: z.number().default(32),
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: z.string().optional(),
      ExcludeCharacters: z.string().default(''),
      ExcludePunctuation: z.boolean().default(false),
      ExcludeNumbers: z.boolean().default(false),
      ExcludeUppercase: z.boolean().default(false),
      ExcludeLowercase: z.boolean().default(false),
      IncludeSpace: z.boolean().default(false),
      // Every class is as good as certain in 32 random characters.
      RequireEachIncludedType: z.boolean().optional(),
    })
    .optional(),
});
type Generation = NonNullable<z.infer<typeof secretSchema>['GenerateSecretString']>;

/** The app's secrets: made once, kept in the store. */
export interface Secrets {
  /** The text of a secret by ARN or name; undefined when there is none. */
  value(id: string): { arn: string; name: string; text: string } | undefined;
}

/** Makes the secrets that the store does not hold yet. */
export function openSecrets(model: Model, store: EventStore): Secrets {
  const { db } = store;
  const read = db.prepare('SELECT value FROM secrets WHERE id = ?');
  const write = db.prepare('INSERT INTO secrets VALUES (?, ?)');
  const known = model.ofType('AWS::SecretsManager::Secret').map((resource) => {
    const arn = resource.ref;
    let text = read.get(arn)?.value as string | undefined;
    if (text === undefined) {
      text = withClientSecrets(firstValue(resource.read(secretSchema)), store);
      write.run(arn, text);
    }
    // The ARN ends in the name, a hyphen and six characters.
    return { arn, name: (arn.split(':secret:')[1] ?? arn).slice(0, -7), text };
  });
  return {
    value: (id) => known.find(({ arn, name }) => id === arn || id === name || arn.startsWith(`${id}-`)),
  };
}

/** The value behind a dynamic reference: the whole text, or one key of the JSON in it. */
export function secretText(secrets: Secrets, id: string, jsonKey: string | undefined): string {
  const secret = secrets.value(id);
  if (!secret) throw new Error(`No secret ${id}`);
  if (jsonKey === undefined) return secret.text;
  return String((JSON.parse(secret.text) as Record<string, unknown>)[jsonKey]);
}

/** Secrets Manager: GetSecretValue. */
export function secretsService(secrets: Secrets): AwsService {
  return jsonService('secretsmanager', {
    GetSecretValue: operation(z.object({ SecretId: z.string() }), ({ SecretId }, caller) => {
      const secret = secrets.value(SecretId);
      caller.demand('secretsmanager:GetSecretValue', secret?.arn ?? SecretId);
      if (!secret) {
        const message = 'Secrets Manager can’t find the specified secret.';
        throw new AwsError(400, 'ResourceNotFoundException', message);
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        SecretString: secret.text,
        VersionId: createHash('sha256').update(secret.text).digest('hex').slice(0, 32),
        VersionStages: ['AWSCURRENT'],
      };
    }),
  });
}

/** The secret of a user pool's client: made once, kept in the store. */
export function clientSecret(clientId: string, { db }: EventStore): string {
  const id = `client/${clientId}`;
  const known = db.prepare('SELECT value FROM secrets WHERE id = ?').get(id)?.value;
  if (typeof known === 'string') return known;
  const made = randomBytes(32).toString('base64url');
  db.prepare('INSERT INTO secrets VALUES (?, ?)').run(id, made);
  return made;
}

/** The attribute `ClientSecret` of a client is a place for its secret, which nobody knows before the store is open. */
function withClientSecrets(text: string, store: EventStore): string {
  return text.replace(/\{\{client-secret:(\w+)\}\}/g, (_, clientId: string) => clientSecret(clientId, store));
}

function firstValue({ SecretString, GenerateSecretString }: z.infer<typeof secretSchema>): string {
  if (SecretString !== undefined) return SecretString;
  const generation = GenerateSecretString;
  if (!generation) return '';
  const password = randomPassword(generation);
  if (generation.GenerateStringKey === undefined) return password;
  const template = JSON.parse(generation.SecretStringTemplate ?? '{}') as Record<string, unknown>;
  return JSON.stringify({ ...template, [generation.GenerateStringKey]: password });
}

function randomPassword(generation: Generation): string {
  const alphabet = [
    generation.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    generation.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    generation.ExcludeNumbers ? '' : '0123456789',
    generation.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    generation.IncludeSpace ? ' ' : '',
  ].join('');
  const usable = [...alphabet].filter((character) => !generation.ExcludeCharacters.includes(character));
  return Array.from({ length: generation.PasswordLength }, () => usable[randomInt(usable.length)]).join('');
}
