#!/usr/bin/env node
// The command line is TypeScript, like all else here; tsx reads it wherever the package lies.
require('tsx/cjs/api').register();
require('./program.ts').run(process.argv);
