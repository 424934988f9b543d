'use strict';
// Takes the place of the native module argon2, which code-server needs for its passwords and loads even with `--auth none`.

const refuse = async () => {
  throw new Error('Passwords are not available here: argon2 is a stand-in.');
};

exports.hash = refuse;
exports.verify = refuse;
