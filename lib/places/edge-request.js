// Runs in CloudFront at each viewer request (JavaScript runtime 2.0).
// 1. The caller's address and the host name it used travel in headers that only these lines set: whatever the caller
//    sent there is replaced, and the origin gets its own host name.
// 2. API Gateway refuses any path below a WebSocket stage, so /relay/<gatewayId> becomes /relay?gatewayId=<gatewayId>.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name.
function handler(event) {
  const request = event.request;
  request.headers['x-agenttown-viewer-address'] = { value: event.viewer.ip };
  request.headers['x-agenttown-viewer-host'] = { value: request.headers.host.value };
  const path = /^\/relay\/([^/]+)\/?$/.exec(request.uri);
  if (path) {
    request.uri = '/relay';
    request.querystring.gatewayId = { value: path[1] };
  }
  return request;
}
