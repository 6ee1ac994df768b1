/** What is used of OpenClaw's plugin SDK (2026.9). The whole is 720 MB, so it is written out here; `test:openclaw` meets the real one. */
import type { Command } from 'commander';

/** How OpenClaw loads a plugin; only `full` may start anything. */
export type RegistrationMode =
  | 'full'
  | 'discovery'
  | 'tool-discovery'
  | 'setup-only'
  | 'setup-runtime'
  | 'cli-metadata';

/** OpenClaw's log. */
export interface PluginLogger {
  info(message: string): void;
  warn(message: string): void;
}

/** What a service is started with. */
export interface ServiceContext {
  config: { plugins?: { entries?: Record<string, { config?: unknown }> } };
  logger: PluginLogger;
  serviceHealth?: { reportFailure(error: unknown): void; clearFailure(): void };
}

/** A service of the gateway. */
export interface PluginService {
  id: string;
  reload?: { configPrefixes: readonly string[] };
  start(context: ServiceContext): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** What a plugin registers with. */
export interface PluginApi {
  registrationMode: RegistrationMode;
  registerCli(
    registrar: (given: { program: Command }) => void | Promise<void>,
    options: { descriptors: Array<{ name: string; description: string; hasSubcommands: boolean }> },
  ): void;
  registerService(service: PluginService): void;
}
