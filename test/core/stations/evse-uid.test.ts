import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import { evseIdOf, evseUidOf } from '#core/stations/evse-uid.ts';

const connector = (evseId: number, evseUid?: string) => ({
  evseId,
  connectorId: 1,
  connectorType: 'TYPE_2',
  ...(evseUid === undefined ? {} : { evseUid }),
});

test('row 62: the EVSE of a partner’s uid is the one that was given it, whatever its number', () => {
  const station = { stationId: 'CS-1', connectors: [connector(1, 'BE*BEC*E041503001'), connector(2)] };

  expect(evseUidOf(digest, station, 1)).toBe('BE*BEC*E041503001');
  expect(evseIdOf(digest, station, 'be*bec*e041503001')).toBe(1);
  expect(evseUidOf(digest, station, 2)).toBe('CS-1*2');
  expect(evseIdOf(digest, station, 'CS-1*1')).toBeUndefined();
});

test('row 62: uids made of stations and numbers name one EVSE each, and fit OCPI', () => {
  const stationId = fc.stringMatching(/^[A-Za-z0-9*-]{1,48}$/);
  const place = fc.record({ stationId, evseId: fc.integer({ min: 1, max: 99 }) });

  fc.assert(
    fc.property(place, place, (one, other) => {
      const uidOf = ({ stationId: id, evseId }: typeof one) =>
        evseUidOf(digest, { stationId: id, connectors: [connector(evseId)] }, evseId);
      const same = one.stationId === other.stationId && one.evseId === other.evseId;

      expect(uidOf(one).length).toBeLessThanOrEqual(36);
      expect(uidOf(one) === uidOf(other)).toBe(same);
    }),
  );
});
