#!/usr/bin/env node

/** `npm run bench [-- NAME...] [--json FILE] [--scale SHARE] [--against DIR]`: measures, see docs/performance.md. */

const path = require('node:path');
const { prepare, runProgram } = require('./setup/prepare.js');

prepare().then(() => runProgram(path.join('bench', 'main.js'), process.argv.slice(2)));
