#!/usr/bin/env node

/** `npm run build`: dist/ from the sources; unlike `npm start` it fails on type errors. */

const { prepare } = require('./setup/prepare.js');

prepare({ onTypeErrors: 'fail' });
