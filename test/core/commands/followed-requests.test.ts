import { expect, test } from 'vitest';
import { callFollowUps, followUps } from '#core/commands/follow-ups.ts';
import { followedFailures, followedRequests } from '#core/commands/followed-requests.ts';

test('the ends that are delivered to who follows up are those from which something follows', () => {
  const followed = [...Object.keys(followUps), ...Object.keys(callFollowUps)];

  expect([...followedRequests, ...followedFailures].toSorted()).toEqual(followed.toSorted());
});
