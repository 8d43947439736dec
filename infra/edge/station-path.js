// CloudFront Function (cloudfront-js-2.0), viewer request, on the host of stations.
//
// API Gateway refuses any path below a WebSocket stage, and stations put their id last in the path. So
// /ocpp/{tenant}/{stationId} becomes / with the query parameters `tenant` and `stationId`. Nothing a client writes may
// stand in for what is decided here: its query parameters go, and so do its headers of the same names as ours.

// OCPP 2.0.1 part 4 section 4.1 allows 48 characters; these need no escaping in a query or a table key.
const STATION_ID = /^[A-Za-z0-9*+=:|@._-]{1,48}$/;
const TENANT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const CERTIFICATE_FACTS = {
  'cloudfront-viewer-cert-present': 'x-station-cert-present',
  'cloudfront-viewer-cert-sha256': 'x-station-cert-sha256',
  'cloudfront-viewer-cert-subject': 'x-station-cert-subject',
  'cloudfront-viewer-cert-issuer': 'x-station-cert-issuer',
  'cloudfront-viewer-cert-serial-number': 'x-station-cert-serial',
};

function decodeOnce(text) {
  try {
    return decodeURIComponent(text);
  } catch (_error) {
    return '';
  }
}

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const segments = request.uri.split('/');
  if (segments.length !== 4 || segments[0] !== '' || segments[1] !== 'ocpp') return notFound();
  const tenant = segments[2];
  const stationId = decodeOnce(segments[3]);
  if (!TENANT.test(tenant) || !STATION_ID.test(stationId)) return notFound();

  request.uri = '/';
  request.querystring = {
    tenant: { value: tenant },
    stationId: { value: encodeURIComponent(stationId) },
  };
  describeTransport(request.headers);
  // The address itself, not what the client wrote into X-Forwarded-For.
  request.headers['x-station-address'] = { value: event.viewer.ip };
  return request;
}

/**
 * How the station came, in headers of our own: no origin request policy forwards CloudFront's together with
 * Authorization and without Host. What CloudFront does not say counts as not so: no TLS, no certificate.
 */
function describeTransport(headers) {
  Object.keys(headers).forEach((name) => {
    if (name.indexOf('x-station-') === 0) delete headers[name];
  });
  const scheme = headers['cloudfront-forwarded-proto'];
  headers['x-station-transport'] = { value: scheme && scheme.value === 'https' ? 'tls' : 'plain' };
  Object.keys(CERTIFICATE_FACTS).forEach((name) => {
    if (headers[name]) headers[CERTIFICATE_FACTS[name]] = { value: headers[name].value };
  });
}

function notFound() {
  return { statusCode: 404, statusDescription: 'Not Found' };
}
