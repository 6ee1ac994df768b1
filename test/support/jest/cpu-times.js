/**
 * `npx jest --env=./test/support/jest/cpu-times.js`: says what each file cost, in seconds of a processor: its worker's with all
 * threads, its child processes', and by the clock. A clock alone says little while others use the machine.
 */
const { readFileSync } = require('node:fs');
const { relative, resolve } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

const tests = resolve(__dirname, '..', '..');

/** Processor time of the child processes that have ended, where the system tells it. */
function childrenMs() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return 0;
  }
}

function now() {
  const { user, system } = process.cpuUsage();
  return [(user + system) / 1000, childrenMs(), performance.now()];
}

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.file = relative(tests, context.testPath);
    this.begun = now();
  }

  async teardown() {
    await super.teardown();
    const seconds = now().map((ms, n) => ((ms - this.begun[n]) / 1000).toFixed(1).padStart(6));
    process.stderr.write(`${seconds.join(' ')}  ${this.file}\n`);
  }
};
