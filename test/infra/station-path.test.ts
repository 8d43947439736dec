import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Value {
  value: string;
}
interface EdgeRequest {
  uri: string;
  querystring: Record<string, Value>;
  headers: Record<string, Value>;
}

const source = readFileSync('infra/edge/station-path.js', 'utf8');
const realm = createContext({});
runInContext(source, realm);

/** Runs the very file that CloudFront runs, on a request of a viewer. */
function rewrite(uri: string, extra: Partial<EdgeRequest> = {}): EdgeRequest & { statusCode?: number } {
  const event = { viewer: { ip: '203.0.113.7' }, request: { uri, querystring: {}, headers: {}, ...extra } };
  return JSON.parse(runInContext(`JSON.stringify(handler(${JSON.stringify(event)}))`, realm));
}

describe('station path function', () => {
  it('turns the path of a station into what its WebSocket API can read', () => {
    const request = rewrite('/ocpp/demo/CP001');

    expect(request.uri).toBe('/');
    expect(request.querystring).toEqual({ tenant: { value: 'demo' }, stationId: { value: 'CP001' } });
  });

  it('decodes a station id once and encodes it again', () => {
    expect(rewrite('/ocpp/demo/DE*ABC%3A1').querystring.stationId).toEqual({ value: 'DE*ABC%3A1' });
    expect(rewrite('/ocpp/demo/CP%252F1').statusCode).toBe(404);
  });

  it('drops every query parameter of the client, its own names above all', () => {
    const querystring = { tenant: { value: 'other' }, stationId: { value: 'CP999' }, x: { value: '1' } };

    const request = rewrite('/ocpp/demo/CP001', { querystring });

    expect(request.querystring).toEqual({ tenant: { value: 'demo' }, stationId: { value: 'CP001' } });
  });

  it('answers 404 to everything that is not the path of a station', () => {
    const paths = [
      '/',
      '/ocpp',
      '/ocpp/demo',
      '/ocpp/demo/',
      '/ocpp//CP001',
      '/ocpp/demo/CP001/',
      '/x/demo/CP001',
    ];
    const odd = [
      '/ocpp/DEMO/CP001',
      '/ocpp/-demo/CP001',
      '/ocpp/demo/CP 001',
      '/ocpp/demo/%',
      '/ocpp/demo/CP%00',
    ];

    for (const path of [...paths, ...odd]) expect(rewrite(path).statusCode, path).toBe(404);
  });

  it('takes ids of up to 48 characters', () => {
    expect(rewrite(`/ocpp/demo/${'x'.repeat(48)}`).uri).toBe('/');
    expect(rewrite(`/ocpp/demo/${'x'.repeat(49)}`).statusCode).toBe(404);
  });

  it('says how the station came and whose certificate the edge has checked', () => {
    const headers = {
      authorization: { value: 'Basic abc' },
      'cloudfront-forwarded-proto': { value: 'https' },
      'cloudfront-viewer-cert-present': { value: '1' },
      'cloudfront-viewer-cert-subject': { value: 'CN=CP001,O=demo' },
      'cloudfront-viewer-cert-serial-number': { value: '4a:3f' },
    };

    const request = rewrite('/ocpp/demo/CP001', { headers });

    expect(request.headers).toMatchObject({
      authorization: { value: 'Basic abc' },
      'x-station-transport': { value: 'tls' },
      'x-station-cert-present': { value: '1' },
      'x-station-cert-subject': { value: 'CN=CP001,O=demo' },
      'x-station-cert-serial': { value: '4a:3f' },
    });
  });

  it('marks a station that came without TLS', () => {
    const headers = { 'cloudfront-forwarded-proto': { value: 'http' } };

    expect(rewrite('/ocpp/demo/CP001', { headers }).headers['x-station-transport']).toEqual({
      value: 'plain',
    });
  });

  it('takes a station for one without TLS unless CloudFront says otherwise', () => {
    expect(rewrite('/ocpp/demo/CP001').headers['x-station-transport']).toEqual({ value: 'plain' });
  });

  it('throws away what a client writes into the headers that are ours', () => {
    const headers = {
      'x-station-cert-present': { value: '1' },
      'x-station-cert-subject': { value: 'CN=CP001,O=demo' },
      'x-station-transport': { value: 'tls' },
      'x-station-address': { value: '198.51.100.1' },
    };

    const request = rewrite('/ocpp/demo/CP001', { headers });

    expect(request.headers).toEqual({
      'x-station-transport': { value: 'plain' },
      'x-station-address': { value: '203.0.113.7' },
    });
  });

  it('never fails, and never lets a path through as it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webPath(),
          fc.string().map((id) => `/ocpp/demo/${id}`),
        ),
        (uri) => {
          const result = rewrite(uri);

          const isRewritten = result.uri === '/' && Object.keys(result.querystring).length === 2;
          expect(isRewritten || result.statusCode === 404).toBe(true);
        },
      ),
    );
  });

  it('fits into the 10 KB that CloudFront allows a function', () => {
    expect(Buffer.byteLength(source)).toBeLessThan(10_240);
  });
});
