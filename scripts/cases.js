#!/usr/bin/env node

/** `npm run cases -- DIR`: drives a folder of cases, see `gantry help`. */

const { prepare, runGantry } = require('./setup/prepare.js');

prepare().then(() => runGantry(['cases', ...process.argv.slice(2)]));
