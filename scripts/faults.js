#!/usr/bin/env node

/** `npm run faults [-- NAME...] [--rounds N]`: breaks a stack on purpose, see docs/performance.md. */

const path = require('node:path');
const { prepare, runProgram } = require('./setup/prepare.js');

prepare().then(() => runProgram(path.join('bench', 'faults', 'main.js'), process.argv.slice(2)));
