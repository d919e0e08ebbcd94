#!/usr/bin/env node

/** `npm run hostile -- DIR`: sends a folder of hostile inputs, see `gantry help`. */

const { prepare, runGantry } = require('./setup/prepare.js');

prepare().then(() => runGantry(['hostile', ...process.argv.slice(2)]));
