import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { setting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { problemAnswer } from './problem.ts';

const stage = setting('STAGE');

/** Every request of the administrators' REST API. */
export const handler = door(
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { method, path } = event.requestContext.http;
    if (method === 'GET' && path === '/api/v1/health') {
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify({ status: 'ok', stage }),
      };
    }
    return problemAnswer({
      status: 404,
      title: 'Not Found',
      detail: `there is no ${method} ${path} in this API`,
    });
  },
);
