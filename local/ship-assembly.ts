/** Before a package is packed or an image built: puts the assembly that `serve` runs into `assembly/`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keptDirectoryOf, shipAssembly, USUAL_CONTEXT } from './template/kept-assembly';

const projectDirectory = path.resolve(__dirname, '..');
const scratchDirectory = mkdtempSync(path.join(tmpdir(), 'agenttown-pairing-'));

shipAssembly({
  projectDirectory,
  context: USUAL_CONTEXT,
  keptDirectory: keptDirectoryOf(projectDirectory),
  scratchDirectory,
  onSynthesis: () => {},
})
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => rmSync(scratchDirectory, { recursive: true, force: true }));
