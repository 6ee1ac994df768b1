#!/usr/bin/env node
// The SDK tells whoever has Node.js 20 what its next year will need, in nine lines of each command; this package pins
// a release that takes it, and says in `engines` what was tested.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// The command line is TypeScript, like all else here; tsx reads it wherever the package lies.
require('tsx/cjs/api').register();
require('./program.ts').run(process.argv);
