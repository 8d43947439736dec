import type { WebSocketApi } from '../apigateway/websocket-api.ts';
import { accountId, region } from '../template/pseudo.ts';
import { AwsError } from './aws-error.ts';
import type { AwsAnswer, AwsCall, AwsService } from './endpoint.ts';

/** A stage of a WebSocket API whose connections can be called. */
export interface ConnectedStage {
  apiId: string;
  stageName: string;
  api: WebSocketApi;
}

/**
 * API Gateway's management API at `/{apiId}/{stage}/@connections/{id}`: the API's own host in AWS is a path here
 * (API Gateway guide, "Use @connections commands").
 */
export function connectionsService(stages: readonly ConnectedStage[]): AwsService {
  return (call) => {
    const [, apiId, stageName, connectionId] =
      /^\/([^/]+)\/([^/]+)\/@connections\/(.+)$/.exec(call.path) ?? [];
    if (connectionId === undefined) return undefined;
    const stage = stages.find((each) => each.apiId === apiId && each.stageName === stageName);
    if (!stage) throw new AwsError(403, 'ForbiddenException', 'Forbidden');
    const resource = `${apiId}/${stageName}/${call.method}/@connections/${connectionId}`;
    call.caller.demand(
      'execute-api:ManageConnections',
      `arn:aws:execute-api:${region}:${accountId}:${resource}`,
    );
    return manage(stage.api, call, connectionId);
  };
}

function manage(api: WebSocketApi, call: AwsCall, connectionId: string): AwsAnswer {
  const gone = new AwsError(410, 'GoneException', '');
  if (call.method === 'GET') {
    const info = api.get(connectionId);
    if (!info) throw gone;
    return { body: info };
  }
  if (call.method === 'DELETE') {
    if (api.delete(connectionId) === 'gone') throw gone;
    return { status: 204, body: '' };
  }
  const result = api.post(connectionId, call.body.toString('utf8'));
  if (result === 'gone') throw gone;
  if (result === 'too-large') throw new AwsError(413, 'PayloadTooLargeException', 'Message too long');
  if (result === 'limit-exceeded') throw new AwsError(429, 'LimitExceededException', 'Too many requests');
  return { body: '' };
}
