/** Synthesizes the stack once for all end-to-end tests; each test file runs a host of its own on it. */
import { stackAssembly } from './stack/synthesized';

export default async function setup(): Promise<void> {
  if (process.env.PAIRING_URL) return;
  process.env.PAIRING_ASSEMBLY = stackAssembly().directory;
}
