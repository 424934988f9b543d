'use strict';
// Replaces the native module (@vscode/)native-watchdog, which ends an extension host whose parent has exited, even if the
// event loop is blocked. This version needs the event loop. process-supervisor.ts ends hosts with a blocked event loop.

const intervalMilliseconds = 3000;

exports.start = (processId) => {
  setInterval(() => {
    try {
      process.kill(processId, 0);
    } catch {
      process.exit(87);
    }
  }, intervalMilliseconds).unref();
};

exports.exit = (code) => process.exit(code ?? 0);
