/**
 * A stand-in for OpenClaw as a host of plugins: loads one by its manifest, as OpenClaw does, in one of its modes.
 *
 *     node openclaw-host.mjs <plugin> registers <mode>     what it registers, as JSON
 *     node openclaw-host.mjs <plugin> gateway              starts its services; SIGTERM stops them
 *     node openclaw-host.mjs <plugin> cli <command> …      its command line
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';

const [folder, what, ...args] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const { openclaw } = read('package.json');
const manifest = read('openclaw.plugin.json');
const { default: entry } = await import(pathToFileURL(join(folder, openclaw.extensions[0])).href);

/** Registers in a mode. */
function load(registrationMode) {
  const commands = [];
  const services = [];
  entry.register({
    registrationMode,
    registerCli: (registrar, { descriptors }) => commands.push({ registrar, descriptors }),
    registerService: (service) => services.push(service),
  });
  return { commands, services };
}

if (what === 'registers') {
  const { commands, services } = load(args[0]);
  console.log(
    JSON.stringify({
      id: [manifest.id, entry.id],
      api: openclaw.compat.pluginApi,
      declared: manifest.cliCommands,
      commands: commands.flatMap(({ descriptors }) => descriptors),
      services: services.map(({ id, reload }) => ({ id, ...reload })),
    }),
  );
} else if (what === 'gateway') {
  const { services } = load('full');
  const config = JSON.parse(process.env.STAND_IN_CONFIG ?? '{}');
  const say = (message) => console.log(message);
  const serviceHealth = {
    reportFailure: (error) => console.log(`failure: ${error.message}`),
    clearFailure: () => {},
  };
  for (const service of services)
    await service.start({ config, logger: { info: say, warn: say }, serviceHealth });
  process.once('SIGTERM', async () => {
    for (const service of services) await service.stop();
    console.log('stopped');
    clearInterval(life);
  });
  const life = setInterval(() => {}, 60_000);
} else {
  const program = new Command('openclaw').option('--profile <name>');
  for (const { registrar } of load('cli-metadata').commands) await registrar({ program });
  await program.parseAsync(args, { from: 'user' });
}
