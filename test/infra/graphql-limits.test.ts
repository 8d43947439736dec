import { describe, expect, it } from 'vitest';
import { stageNames } from '../../infra/stages.ts';
import { resourcesOf } from './synthesized.ts';

const apiOf = (stage: string) => {
  const [api] = [...resourcesOf(stage, 'AWS::AppSync::GraphQLApi').values()];
  return api?.Properties;
};

describe('the GraphQL API', () => {
  it('bounds how deep a request goes and how many resolvers it runs, in every stage', () => {
    for (const stage of stageNames) {
      expect(apiOf(stage), stage).toMatchObject({ QueryDepthLimit: 12, ResolverCountLimit: 1000 });
    }
  });

  it('shows its schema to people who build against it, and not in production', () => {
    const shown = Object.fromEntries(stageNames.map((stage) => [stage, apiOf(stage)?.IntrospectionConfig]));

    expect(shown).toEqual({ local: 'ENABLED', dev: 'ENABLED', prod: 'DISABLED' });
  });

  it('knows people and programs of the user pool, and AWS for what the bus publishes', () => {
    expect(apiOf('prod')).toMatchObject({
      AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
      AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
    });
  });
});
