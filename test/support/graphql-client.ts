/** An error of a GraphQL answer as AppSync gives it. */
export interface GraphqlError {
  readonly message: string;
  readonly errorType?: string;
  readonly errorInfo?: unknown;
}

export interface GraphqlAnswer<Data> {
  readonly data: Data | null;
  readonly errors?: readonly GraphqlError[];
}

/** Asks the GraphQL endpoint as any HTTP client would. */
export async function askGraphql<Data>(
  endpoint: { graphql: string; jwt: string },
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<GraphqlAnswer<Data>> {
  const response = await fetch(endpoint.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: endpoint.jwt },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer<Data>;
}

/** The data of an answer that has no errors. */
export function dataOf<Data>(answer: GraphqlAnswer<Data>): Data {
  if (answer.errors && answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
  if (answer.data === null) throw new Error('no data');
  return answer.data;
}
