/** One jest run holds everything: core, stack, local host, end to end and browser. */
module.exports = {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/jest/shared-packages.js',
  testSequencer: '<rootDir>/test/support/jest/longest-first.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    '@noble/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  // jest loads CommonJS; the functions' bundles take the ES module. Those that are nothing else are transformed as well.
  transformIgnorePatterns: ['/node_modules/(?!@noble/)'],
  moduleNameMapper: {
    '^zod/v4/locales/en\\.js$': 'zod/v4/locales/en.cjs',
    // The packages' sources, as Node.js would get them built.
    '^agenttown-relay-client/(app|runtime)$': '<rootDir>/packages/client/src/node/$1.ts',
    '^agenttown-relay-client/sealed$': '<rootDir>/packages/client/src/sealed.ts',
    '^agenttown-relay-client/file-store$': '<rootDir>/packages/client/src/file-store.ts',
  },
  // What waits, waits for a condition: this only bounds a test that hangs, on a busy machine too.
  testTimeout: 60_000,
  // One more than the cores of CI: a fifth of the time every worker waits for a clock that is its test's subject. With an
  // environment for each invocation the functions fill the cores themselves.
  maxWorkers: process.env.PAIRING_ISOLATE === '1' ? 2 : 3,
};
