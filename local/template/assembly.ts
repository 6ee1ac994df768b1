import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Assembly, Template } from '../types';
import { appErrorSentence } from './app-error';

/** What a synthesis needs. `context` wins over the context of `cdk.json`. */
export interface SynthesisRequest {
  /** The directory that holds `cdk.json`. */
  projectDirectory: string;
  /** Where the cloud assembly goes. */
  outDirectory: string;
  /** Context values, as `-c name=value` gives them to the CDK command line. */
  context: Record<string, string>;
}

/** What the CDK command line sets as well: the local host needs neither construct paths nor usage reports. */
const COMMAND_LINE_CONTEXT = {
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
  'aws:cdk:version-reporting': false,
  'aws:cdk:bundling-stacks': ['**'],
};

/**
 * Runs the CDK app of a project, as `cdk synth` would, and gives back its cloud assembly. Throws one Error that
 * carries the app's own sentence when the app fails or annotates an error.
 */
export async function synthesize(request: SynthesisRequest): Promise<Assembly> {
  const settings = readJson(join(request.projectDirectory, 'cdk.json'));
  const command = settings.app;
  if (typeof command !== 'string')
    throw new Error('cdk.json names no "app" command to synthesize the stack with.');
  const context = { ...COMMAND_LINE_CONTEXT, ...(settings.context ?? {}), ...request.context };
  const outDirectory = resolve(request.outDirectory);
  const output = await runApp(command, request.projectDirectory, {
    CDK_OUTDIR: outDirectory,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  });
  if (output.failed) throw new Error(`The stack could not be synthesized. ${appErrorSentence(output.text)}`);
  return loadAssembly(outDirectory);
}

/** Reads a cloud assembly of exactly one stack. Throws when it has another number, or carries an error annotation. */
export function loadAssembly(directory: string): Assembly {
  const manifest = readJson(join(directory, 'manifest.json'));
  const artifacts = Object.entries<Json>(manifest.artifacts ?? {});
  const stacks = artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (!stack || stacks.length > 1)
    throw new Error(`The cloud assembly holds ${stacks.length} stacks; the local host runs exactly one.`);
  const [artifactId, artifact] = stack;
  refuseErrorAnnotations(directory, artifact);
  const assets = new Map<string, string>();
  for (const [, candidate] of artifacts)
    if (candidate.type === 'cdk:asset-manifest') readAssets(directory, candidate.properties.file, assets);
  return {
    directory,
    stackName: artifact.properties.stackName ?? artifactId,
    template: readJson(join(directory, artifact.properties.templateFile)) as Template,
    assetDirectory: (code) => assetDirectory(directory, assets, code),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: files of the assembly are CDK's own, in CDK's own version.
type Json = any;

function readJson(file: string): Json {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** PATH with the tools of the packages that a directory can use, in front. */
export function pathWithTools(directory: string): string {
  return [...binDirectories(resolve(directory)), process.env.PATH ?? ''].join(delimiter);
}

/** An installed package finds its tools in a directory above it, as npm puts them there. */
function binDirectories(directory: string): string[] {
  const above = dirname(directory);
  return [join(directory, 'node_modules', '.bin'), ...(above === directory ? [] : binDirectories(above))];
}

function runApp(
  command: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ failed: boolean; text: string }> {
  const path = pathWithTools(cwd);
  return new Promise((done, fail) => {
    const app = spawn(command, {
      cwd,
      shell: true,
      env: { ...process.env, PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    const keep = (chunk: Buffer) => {
      text += chunk;
    };
    app.stdout.on('data', keep);
    app.stderr.on('data', keep);
    app.on('error', fail);
    app.on('close', (code) => done({ failed: code !== 0, text }));
  });
}

/** The app ends well even when a construct annotated an error; the CDK command line refuses it afterwards. */
function refuseErrorAnnotations(directory: string, artifact: Json): void {
  const metadata: Json = {
    ...artifact.metadata,
    ...(artifact.additionalMetadataFile && readJson(join(directory, artifact.additionalMetadataFile))),
  };
  const errors = Object.values<Json[]>(metadata)
    .flat()
    .filter((entry) => entry.type === 'aws:cdk:error')
    .map((entry) => entry.data);
  if (errors.length > 0) throw new Error(`The stack could not be synthesized. ${errors.join(' ')}`);
}

function readAssets(directory: string, file: string, into: Map<string, string>): void {
  for (const asset of Object.values<Json>(readJson(join(directory, file)).files ?? {}))
    for (const destination of Object.values<Json>(asset.destinations))
      into.set(destination.objectKey, resolve(directory, asset.source.path));
}

function assetDirectory(directory: string, assets: Map<string, string>, code: unknown): string {
  const { S3Key: key, ZipFile: inline } = (code ?? {}) as { S3Key?: unknown; ZipFile?: unknown };
  if (typeof inline === 'string') return inlineDirectory(directory, inline);
  const found = typeof key === 'string' ? assets.get(key) : undefined;
  if (!found || !existsSync(found))
    throw new Error(`The cloud assembly holds no asset for the code ${JSON.stringify(code)}.`);
  return found;
}

/** Lambda puts inline code into `index.js`. */
function inlineDirectory(directory: string, source: string): string {
  const target = join(directory, `inline.${createHash('sha256').update(source).digest('hex')}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'index.js'), source);
  return target;
}
