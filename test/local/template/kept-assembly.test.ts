import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptAssembly, keptDirectoryOf, shipAssembly } from '../../../local/template/kept-assembly';
import { temporaryDirectory } from '../aws-side-fixture';

/** A project whose app writes an assembly that says what it was made from. */
function project(): string {
  const directory = temporaryDirectory();
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
  write('cdk.json', JSON.stringify({ app: 'node app.js' }));
  mkdirSync(join(directory, 'lib'));
  write('lib/source.txt', 'first');
  write(
    'app.js',
    `const { writeFileSync: write, readFileSync } = require('node:fs');
     const out = (file, value) => write(process.env.CDK_OUTDIR + '/' + file, JSON.stringify(value));
     const properties = { templateFile: 'Mine.json' };
     out('manifest.json', { artifacts: { Mine: { type: 'aws:cloudformation:stack', properties } } });
     const { color } = JSON.parse(process.env.CDK_CONTEXT_JSON);
     out('Mine.json', { Outputs: { Made: { Value: readFileSync('lib/source.txt', 'utf8') + ' ' + color } }, Resources: {} });`,
  );
  symlinkSync(join(__dirname, '../../../node_modules'), join(directory, 'node_modules'));
  return directory;
}

let directory: string;
let keptDirectory: string;
let syntheses: number;
beforeEach(() => {
  directory = project();
  keptDirectory = temporaryDirectory();
  syntheses = 0;
});

function request(color: string, kept: string | undefined = keptDirectory) {
  return {
    projectDirectory: directory,
    context: { color },
    keptDirectory: kept,
    scratchDirectory: join(directory, 'dist'),
    onSynthesis: () => {
      syntheses += 1;
    },
  };
}

/** What the app made its assembly from. */
async function made(...of: Parameters<typeof request>): Promise<unknown> {
  return (await keptAssembly(request(...of))).template.Outputs?.Made?.Value;
}

test('the same sources with the same options are synthesized once', async () => {
  expect([await made('red'), await made('red'), syntheses]).toEqual(['first red', 'first red', 1]);
});

test('other options are another assembly, and so are other sources', async () => {
  expect(await made('red')).toBe('first red');
  expect(await made('blue')).toBe('first blue');
  writeFileSync(join(directory, 'lib', 'source.txt'), 'second');
  expect(await made('red')).toBe('second red');
  expect([await made('blue'), await made('red'), syntheses]).toEqual(['second blue', 'second red', 4]);
});

test.each([
  ['README.md', ''],
  ['test', 'test.ts'],
  ['.git', 'HEAD'],
  ['nohup.out', ''],
  ['server.log', ''],
  ['pairing.sqlite', ''],
])('what no synthesis reads changes nothing: %s', async (name, inside) => {
  await made('red');
  const path = join(directory, name);
  if (inside) mkdirSync(path);
  writeFileSync(inside ? join(path, inside) : path, 'changed');
  await made('red');
  expect(syntheses).toBe(1);
});

test('starts at the same time leave one assembly, and nothing half made', async () => {
  expect(await Promise.all([made('red'), made('red')])).toEqual(['first red', 'first red']);
  expect(readdirSync(keptDirectory)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
});

test('a synthesis that fails leaves nothing', async () => {
  writeFileSync(join(directory, 'app.js'), 'throw new Error("It is broken.")');
  await expect(made('red')).rejects.toThrow('It is broken.');
  expect(readdirSync(keptDirectory)).toEqual([]);
});

test('what nobody used for a week goes with the next synthesis', async () => {
  await made('red');
  const [old] = readdirSync(keptDirectory);
  utimesSync(join(keptDirectory, old!), 0, 0);
  await made('blue');
  expect(readdirSync(keptDirectory)).toHaveLength(1);
  expect(readdirSync(keptDirectory)).not.toContain(old);
});

test('where nothing can be kept, each start synthesizes', async () => {
  mkdirSync(join(directory, 'dist'));
  const uncached = { ...request('red'), keptDirectory: undefined };
  await keptAssembly(uncached);
  await keptAssembly(uncached);
  expect(syntheses).toBe(2);
});

test("a package's own assembly serves its options, from anywhere, and no clone", async () => {
  await shipAssembly(request('red'));
  rmSync(keptDirectory, { recursive: true });
  mkdirSync(keptDirectory);
  writeFileSync(join(directory, 'lib', 'source.txt'), 'second');
  syntheses = 0;
  expect([await made('red'), syntheses]).toEqual(['first red', 0]);
  expect([await made('blue'), syntheses]).toEqual(['second blue', 1]);
  mkdirSync(join(directory, '.git'));
  expect([await made('red'), syntheses]).toEqual(['second red', 2]);
});

test('assemblies are kept beside the packages of a clone, else in the cache that is named', () => {
  const elsewhere = temporaryDirectory();
  const named = { CACHE_DIRECTORY: elsewhere };
  const bare = temporaryDirectory();
  expect(keptDirectoryOf(bare, named)).toBe(join(elsewhere, 'agenttown-pairing-server', 'assemblies'));
  mkdirSync(join(bare, 'node_modules'));
  expect(keptDirectoryOf(bare, named)).toContain(join(bare, 'node_modules', '.cache'));
  expect(keptDirectoryOf(temporaryDirectory(), { CACHE_DIRECTORY: '/dev/null' })).toBeUndefined();
});
