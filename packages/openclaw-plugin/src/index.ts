/** The entry that OpenClaw loads. */
// @ts-expect-error OpenClaw gives it to its plugins; it is not installed here.
import { definePluginEntry } from 'openclaw/plugin-sdk/plugin-entry';
import { plugin } from './plugin';

export default definePluginEntry(plugin);
