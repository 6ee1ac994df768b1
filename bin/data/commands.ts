/** The commands that take data out of a server and put it into another. */
import type { Command } from 'commander';
import { useAccount } from '../account';
import { Failure } from '../failure';
import { everythingOf, restoreEverything } from './backup';
import { identitiesOf, identityTables, importIdentities } from './identities';
import { dataFileOf, tablesOfStack, withFile } from './place';
import { readRowFile, writeRowFile } from './row-file';
import type { Tables } from './tables';

interface Flags {
  db?: string;
  stack?: string;
  profile?: string;
  region?: string;
}

/** Adds `backup`, `restore`, `export` and `import`. */
export function addDataCommands(top: Command): void {
  onFile(top, 'backup', 'write all data of a server of this machine to a file, while it runs or not').action(
    async (file: string, { db }: Flags) => {
      const source = dataFileOf(db);
      const rows = await withFile(source, { isNew: false }, (tables) =>
        writeRowFile(file, 'backup', everythingOf(tables)),
      );
      console.log(`${rows} rows of ${source} are in ${file}.`);
    },
  );
  onFile(
    top,
    'restore',
    'make the data of a server of this machine from a backup; its data file must not be there',
  ).action(async (file: string, { db }: Flags) => {
    const target = dataFileOf(db);
    const lines = await readRowFile(file, 'backup');
    const rows = await withFile(target, { isNew: true }, (tables) => restoreEverything(tables, lines));
    console.log(`${rows} rows of ${file} are in ${target}.`);
  });
  onEither(top, 'export', 'write every pairing to a file, for a move to another server').action(
    async (file: string, flags: Flags) => {
      const rows = await withTables(flags, (tables) =>
        writeRowFile(file, 'identities', identitiesOf(tables)),
      );
      console.log(`${rows} identities are in ${file}. It is as secret as the server's data.`);
    },
  );
  onEither(top, 'import', 'take in the pairings of another server; what is there already stays').action(
    async (file: string, flags: Flags) => {
      const lines = await readRowFile(file, 'identities');
      const { written, there } = await withTables(flags, (tables) => importIdentities(tables, lines));
      console.log(`${written} identities came in; ${there} were there already.`);
    },
  );
}

function onFile(top: Command, name: string, description: string): Command {
  return top
    .command(name)
    .description(description)
    .argument('<file>')
    .allowExcessArguments(false)
    .option('--db <file>', 'data file of the server (default: that of the server installed here)');
}

function onEither(top: Command, name: string, description: string): Command {
  return onFile(top, name, description)
    .option('-s, --stack <name>', 'a deployed stack instead of a server of this machine')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--region <region>', 'AWS Region');
}

async function withTables<Result>(flags: Flags, work: (tables: Tables) => Promise<Result>): Promise<Result> {
  const { db, stack } = flags;
  if (stack !== undefined && db !== undefined) throw new Failure('Say either --db or --stack.', 2);
  if (stack === undefined)
    return withFile(dataFileOf(db), { isNew: false }, (tables) => work(checked(tables)));
  useAccount(flags);
  return work(checked(await tablesOfStack(stack)));
}

function checked(tables: Tables): Tables {
  const missing = identityTables.find((table) => !tables.names.has(table));
  if (missing) throw new Failure(`There is no table ${missing} there: was it made by this program?`);
  return tables;
}
