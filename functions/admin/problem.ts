import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** An error as RFC 9457 describes it. `errors` name what of the input is wrong, by JSON pointer. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The problem as an HTTP answer. */
export function problemAnswer(problem: Problem): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', ...problem }),
  };
}
