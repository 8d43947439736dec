// CloudFront Function (cloudfront-js-2.0), viewer request: AppSync's real-time host knows the path /graphql alone.

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  event.request.uri = '/graphql';
  return event.request;
}
