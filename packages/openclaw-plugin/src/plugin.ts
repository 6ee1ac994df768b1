/** What the plugin registers. */
import type { PluginApi, PluginService } from './sdk';

/** As in `openclaw.plugin.json`. */
export const pluginId = 'agenttown';
export const commandDescription = 'Pair phones with this agent and see them';

/** The plugin, as OpenClaw's entry takes it. */
export const plugin = {
  id: pluginId,
  name: 'AgentTown',
  description: 'Reach this agent from the AgentTown App on a phone.',
  register(api: PluginApi): void {
    const { registrationMode: mode } = api;
    if (mode !== 'full' && mode !== 'discovery' && mode !== 'cli-metadata') return;
    api.registerCli(async ({ program }) => (await import('./command')).addCommand(program, process.env), {
      descriptors: [{ name: pluginId, description: commandDescription, hasSubcommands: true }],
    });
    if (mode !== 'full') return;
    // What speaks and waits is loaded when it is started, not when plugins are listed.
    let service: Promise<Pick<PluginService, 'start' | 'stop'>> | undefined;
    const made = () => {
      service ??= import('./relay-service').then(({ relayService }) => relayService(process.env));
      return service;
    };
    api.registerService({
      id: 'agenttown-relay',
      reload: { configPrefixes: [`plugins.entries.${pluginId}`] },
      start: async (context) => (await made()).start(context),
      stop: async () => (await service)?.stop(),
    });
  },
};
