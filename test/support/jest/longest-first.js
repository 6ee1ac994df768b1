/**
 * What takes longest begins first. jest knows the times of its earlier runs, and goes by the size of files where there was none, as in
 * CI: a long test in a small file would begin last, and end alone.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Over twenty seconds each, the longest first. */
const longest = [
  'packages/conformance/server',
  'simulation/simulation',
  'e2e/calls/chaos',
  'e2e/host/package',
  'e2e/calls/outcomes',
  'bin/check',
  'web/monitor/monitor-page',
  'packages/conformance/apps',
  'e2e/calls/grace',
  'e2e/app/app-page',
  'packages/client/faults',
  'stack/cfn-lint',
  'e2e/host/start',
  'e2e/calls/large',
];

module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
};

module.exports.longest = longest;
