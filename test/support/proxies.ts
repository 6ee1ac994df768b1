/** Real proxies in front of a relay, with the very files of docs/proxy. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const files = join(__dirname, '..', '..', 'docs', 'proxy');
const read = (name: string) => readFileSync(join(files, name), 'utf8');

/** A proxy's command for a folder of its own, a port to listen on and the relay's port. */
export type Proxy = (directory: string, port: number, upstream: number) => ProxyCommand;

/** What runs a proxy. */
export interface ProxyCommand {
  command: string;
  args: string[];
  env?: object;
}

/** The proxies that docs/proxy has files for, by the name of their program. */
export const proxies: Record<string, Proxy> = {
  nginx: (directory, port, upstream) => {
    const site = read('nginx.conf')
      .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
      .replace(/^\s*ssl_certificate.*$/gm, '')
      .replace('127.0.0.1:8787', `127.0.0.1:${upstream}`);
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${directory}/${name};`,
    );
    const config = `daemon off; pid ${directory}/pid; error_log stderr warn; events {} http { ${paths.join(' ')} ${site} }`;
    writeFileSync(join(directory, 'nginx.conf'), config);
    return { command: 'nginx', args: ['-e', 'stderr', '-p', directory, '-c', join(directory, 'nginx.conf')] };
  },
  caddy: (directory, port, upstream) => {
    writeFileSync(join(directory, 'Caddyfile'), `{\n\tadmin off\n}\n${read('Caddyfile')}`);
    const env = {
      PAIRING_DOMAIN: `http://127.0.0.1:${port}`,
      PAIRING_UPSTREAM: `127.0.0.1:${upstream}`,
      HOME: directory,
    };
    return { command: 'caddy', args: ['run', '--config', join(directory, 'Caddyfile')], env };
  },
};

/** Whether a proxy's program is on this machine. */
export function isInstalled(name: string): boolean {
  return spawnSync(name, [name === 'nginx' ? '-v' : 'version']).status === 0;
}

/** Starts a proxy; resolves when the relay answers through it. */
export async function startProxy({ command, args, env }: ProxyCommand, url: string): Promise<ChildProcess> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  child.once('exit', (code) => code && console.error(said));
  while ((await fetch(`${url}/health`).catch(() => undefined))?.status !== 200) await setTimeout(20);
  return child;
}
