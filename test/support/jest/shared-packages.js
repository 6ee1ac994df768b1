/**
 * jest's runtime, but that packages which keep nothing between tests are loaded by Node.js itself, once per worker. jest
 * evaluates every package again for every test file; the CDK alone took four seconds of each of thirty (ADR 100).
 */
const { default: Runtime } = require('jest-runtime');

/**
 * None has a state that a test could leave behind for the next file, nor does a test replace a part of it. They are of
 * Node.js's realm: a package that asks for `instanceof RegExp`, as esbuild does, may not stand here.
 */
const shared = /^(aws-cdk-lib|constructs|cdk-nag|playwright-core)(\/|$)/;

module.exports = class extends Runtime {
  requireModule(from, name, ...rest) {
    return name !== undefined && shared.test(name) ? require(name) : super.requireModule(from, name, ...rest);
  }
};
