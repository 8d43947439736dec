import {
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';

const clients = new Map<string, ApiGatewayManagementApiClient>();

/**
 * Sends texts to the connections behind an endpoint (`https://{api}.execute-api.{region}.amazonaws.com/{stage}`,
 * never the public host name). `gone`: the connection is not there, though the text may have arrived all the same.
 * `busy`: API Gateway took no request (429), so the text has certainly not arrived. Any other failure throws.
 */
export function postToConnection(
  endpoint: string,
): (connectionId: string, text: string) => Promise<'sent' | 'gone' | 'busy'> {
  return async (connectionId, text) => {
    try {
      const Data = Buffer.from(text, 'utf8');
      await clientOf(endpoint).send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
      return 'sent';
    } catch (error) {
      if (isGone(error)) return 'gone';
      if (isRefusedByRate(error)) return 'busy';
      throw error;
    }
  };
}

/** Ends connections behind an endpoint. */
export function closeConnection(endpoint: string): (connectionId: string) => Promise<'closed' | 'gone'> {
  return async (connectionId) => {
    try {
      await clientOf(endpoint).send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
      return 'closed';
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  };
}

function isGone(error: unknown): boolean {
  return error instanceof GoneException;
}

/** By whatever name: of the API, the stage or the account. */
function isRefusedByRate(error: unknown): boolean {
  return error instanceof ApiGatewayManagementApiServiceException && error.$metadata.httpStatusCode === 429;
}

/** A call that is sent twice is one call too many for a station, so a lost answer is not tried again. */
function clientOf(endpoint: string): ApiGatewayManagementApiClient {
  const known = clients.get(endpoint);
  if (known !== undefined) return known;
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  clients.set(endpoint, client);
  return client;
}
