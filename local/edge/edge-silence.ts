import type { ServerResponse } from 'node:http';

/**
 * CloudFront's response timeout: an origin that is silent for so long, before its answer or within it, loses its
 * caller. 504 where nothing has been sent, a broken connection where something has.
 */
export function endWhenSilent(response: ServerResponse, readTimeoutMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(504, { 'x-cache': 'Error from cloudfront' }).end();
    }, readTimeoutMs);
    timer.unref();
  };
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  response.write = (...args: unknown[]) => {
    restart();
    return write(...args);
  };
  response.on('close', () => clearTimeout(timer));
  restart();
}
