/** Whose tables a command means: a data file of this machine, with its server running or not, or a deployed stack. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { holdDataFile, runningHolderOf } from '../../local/tables/data-file';
import { startEngine } from '../../local/tables/engine';
import { requireAccount } from '../account';
import { Failure } from '../failure';
import { isInstalled, placeFor } from '../server/place';
import { engineOf, type Tables, tablesOfEngine } from './tables';

/** The data file that a command means: the one that it names, or that of the server which is installed here. */
export function dataFileOf(db: string | undefined): string {
  if (db !== undefined) return resolve(db);
  const place = placeFor();
  if (!isInstalled(place))
    throw new Failure('No server is installed on this machine: name its file with --db.', 2);
  return join(place.dataDirectory, 'pairing.sqlite');
}

/** Works on the tables of a data file: through the server that holds it, or else with an engine of its own. */
export async function withFile<Result>(
  file: string,
  { isNew }: { isNew: boolean },
  work: (tables: Tables) => Promise<Result>,
): Promise<Result> {
  if (!isNew && !existsSync(file)) throw new Failure(`There is no data file ${file}.`);
  if (isNew && existsSync(file))
    throw new Failure(`${file} is there already: move it away, or name another with --db.`);
  const running = await runningHolderOf(file);
  if (running) return await withEngine(running.engineUrl, work);
  const held = await holdDataFile(file);
  try {
    const engine = await startEngine({ dbFile: file, env: {} });
    held.serves(engine.url);
    try {
      return await withEngine(engine.url, work);
    } finally {
      await engine.stop();
    }
  } finally {
    held.release();
  }
}

async function withEngine<Result>(url: string, work: (tables: Tables) => Promise<Result>): Promise<Result> {
  const client = engineOf(url);
  try {
    return await work(await tablesOfEngine(client));
  } finally {
    client.destroy();
  }
}

/** The tables of a deployed stack. */
export async function tablesOfStack(stackName: string): Promise<Tables> {
  await requireAccount();
  const names = new Map<string, string>();
  const pages = paginateListStackResources(
    { client: new CloudFormationClient({}) },
    { StackName: stackName },
  );
  try {
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === 'AWS::DynamoDB::Table' && LogicalResourceId && PhysicalResourceId)
          names.set(LogicalResourceId, PhysicalResourceId);
    }
  } catch (error) {
    throw new Failure(`AWS could not be asked about ${stackName}: ${(error as Error).message}`);
  }
  return { client: new DynamoDBClient({}), names };
}
