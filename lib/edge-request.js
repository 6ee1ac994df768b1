// Runs in CloudFront at each viewer request (JavaScript runtime 2.0).
// 1. The caller's address travels in a header that only this line sets: whatever the caller sent there is replaced.
// 2. API Gateway refuses any path below a WebSocket stage, so /relay/<gatewayId> becomes /relay?gatewayId=<gatewayId>.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name.
function handler(event) {
  const request = event.request;
  request.headers['x-agenttown-viewer-address'] = { value: event.viewer.ip };
  const path = /^\/relay\/([^/]+)\/?$/.exec(request.uri);
  if (path) {
    request.uri = '/relay';
    request.querystring.gatewayId = { value: path[1] };
  }
  return request;
}
