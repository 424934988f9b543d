'use strict';
// Replaces the native module argon2. code-server uses argon2 for passwords, and loads it even with `--auth none`.

const refuse = async () => {
  throw new Error('Passwords are not supported: argon2 is replaced by a stand-in. Start code-server with --auth none.');
};

exports.hash = refuse;
exports.verify = refuse;
