'use strict';
// Takes the place of the native module (@vscode/)native-watchdog, which ends an extension host whose parent is gone even while
// its event loop is stuck. This one needs the event loop; the keeper process sees to the stuck ones (keeper.ts).

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
