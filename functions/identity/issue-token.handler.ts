import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { findApiKey } from '#adapters/dynamodb/find-api-key.ts';
import { readSecret } from '#adapters/secrets/read-secret.ts';
import { systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { keysScope } from './claims.ts';
import { answerTokenRequest, type IssuedToken } from './issue-token.ts';

const tables = { registry: setting('REGISTRY_TABLE') };
const client = dynamoClient();
const tokenUrl = setting('TOKEN_URL');
const poolClientId = setting('KEYS_CLIENT_ID');
const poolClientSecretArn = setting('KEYS_CLIENT_SECRET_ARN');

/** `POST /api/v1/token`: access tokens for API keys of tenants. */
export const handler = door(
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const body = event.isBase64Encoded
      ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
      : (event.body ?? '');
    const answer = await answerTokenRequest(
      { findKey: (clientId) => findApiKey({ client, tables }, clientId), issue, digest, clock: systemClock },
      { headers: event.headers, body },
    );
    return {
      statusCode: answer.status,
      headers: { ...answer.headers, 'content-type': 'application/json' },
      body: JSON.stringify(answer.body),
    };
  },
);

const poolAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

/**
 * One client of the user pool gets the tokens of all keys; the pre-token trigger turns the key that is named in the
 * request into claims. https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
async function issue(apiKey: string): Promise<IssuedToken> {
  const secret = await readSecret(poolClientSecretArn);
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${poolClientId}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: keysScope,
      aws_client_metadata: JSON.stringify({ api_key: apiKey }),
    }),
    signal: AbortSignal.timeout(8_000),
  });
  if (!response.ok) throw new Error(`the user pool answered ${response.status} to a request for a token`);
  const { access_token, expires_in } = poolAnswer.parse(await response.json());
  return { accessToken: access_token, expiresInS: expires_in };
}
