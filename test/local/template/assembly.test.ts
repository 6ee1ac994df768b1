import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { appErrorSentence } from '../../../local/template/app-error';
import { loadAssembly, synthesize } from '../../../local/template/assembly';
import { temporaryDirectory } from '../aws-side-fixture';

/** A project whose CDK app is this source. */
function project(source: string): string {
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, 'cdk.json'),
    JSON.stringify({ app: 'node app.js', context: { color: 'red', size: 1 } }),
  );
  writeFileSync(join(directory, 'app.js'), `const cdk = require('aws-cdk-lib');\n${source}`);
  symlinkSync(join(__dirname, '../../../node_modules'), join(directory, 'node_modules'));
  return directory;
}

const synthesis = (source: string, context: Record<string, string> = {}) => {
  const projectDirectory = project(source);
  return synthesize({ projectDirectory, outDirectory: join(projectDirectory, 'out'), context });
};

test('the app is given the context of cdk.json, and what is passed wins', async () => {
  const { template, stackName } = await synthesis(
    `const stack = new cdk.Stack(new cdk.App(), 'Mine');
     for (const name of ['color', 'size']) new cdk.CfnOutput(stack, name, { value: String(stack.node.tryGetContext(name)) });`,
    { color: 'blue' },
  );
  expect(stackName).toBe('Mine');
  expect(template.Outputs).toMatchObject({ color: { Value: 'blue' }, size: { Value: '1' } });
});

test.each([
  ['throws', `throw new Error('The context value "domainName" must be a host name.');`],
  [
    'annotates an error',
    `cdk.Annotations.of(new cdk.Stack(new cdk.App(), 'Mine')).addError('The context value "domainName" must be a host name.');`,
  ],
  [
    'fails its validation',
    `new cdk.Stack(new cdk.App(), 'Mine').node.addValidation({ validate: () => ['The context value "domainName" must be a host name.'] });`,
  ],
])('the sentence of an app that %s is the error', async (_, source) => {
  const error: Error = await synthesis(source).catch((e) => e);
  expect(error.message).toMatch(
    /^The stack could not be synthesized\. .*The context value "domainName" must be a host name\.$/,
  );
});

test('an app that dies without an error is shown by its last lines', () => {
  expect(appErrorSentence('one\n\n  at x (y)\ntwo\n')).toBe('one\ntwo');
  expect(appErrorSentence('')).toBe('The app ended with an error and said nothing.');
});

describe('a cloud assembly', () => {
  const stackIn = (app: App, id: string) => new Topic(new Stack(app, id), 'Topic');

  const functionOf = (code: Code) => {
    const outdir = temporaryDirectory();
    const app = new App({ outdir });
    const runtime = Runtime.NODEJS_24_X;
    new LambdaFunction(new Stack(app, 'Mine'), 'Handler', { runtime, handler: 'index.handler', code });
    app.synth();
    const assembly = loadAssembly(outdir);
    const fn = Object.values(assembly.template.Resources).find(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    return assembly.assetDirectory(fn?.Properties?.Code);
  };

  test('gives the directory of bundled and of inline code', () => {
    const source = join(temporaryDirectory(), 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'index.mjs'), '');
    expect(existsSync(join(functionOf(Code.fromAsset(source)), 'index.mjs'))).toBe(true);
    expect(existsSync(join(functionOf(Code.fromInline('exports.handler = 1')), 'index.js'))).toBe(true);
  });

  test('refuses code that is not in it, and more than one stack', () => {
    const outdir = temporaryDirectory();
    const app = new App({ outdir });
    stackIn(app, 'One');
    app.synth();
    expect(() => loadAssembly(outdir).assetDirectory({ S3Key: 'x.zip' })).toThrow('no asset');
    const two = temporaryDirectory();
    const twin = new App({ outdir: two });
    stackIn(twin, 'One');
    stackIn(twin, 'Two');
    twin.synth();
    expect(() => loadAssembly(two)).toThrow('holds 2 stacks');
  });
});
