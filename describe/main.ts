/** `npm run describe`: writes the documents. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from './documents';

for (const [name, text] of Object.entries(documents())) {
  writeFileSync(join(__dirname, '..', 'docs', name), text);
  process.stdout.write(`docs/${name}: ${text.length} bytes\n`);
}
