/** A call as a command for a shell; the token is left to whoever runs it. */
export function curlOf(
  { gatewayId, method, params }: { gatewayId?: string; method: string; params?: unknown },
  pageUrl: string,
): string {
  const body = JSON.stringify({ gatewayId, method, params });
  const url = new URL('api/relay/rpc', pageUrl).href;
  return `curl -s ${url} -H "Authorization: Bearer $CLIENT_TOKEN" -d ${quoted(body)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
