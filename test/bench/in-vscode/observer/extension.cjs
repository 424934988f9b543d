// Measures how VS Code loads and activates the two extensions of the benchmark in this window, and shows the simplest tree
// and the simplest webview to compare ours with.
const { renameSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const Module = require('node:module');
const vscode = require('vscode');

const FILES = new Map([
  ['ours', /webhook-destinations\.cloudflare-webhooks-[^/]+\/dist\/extension\.cjs$/],
  ['control', /bench\.control-[^/]+\/extension\.cjs$/],
]);

/** Runs synchronous work and returns its result, its time and the CPU time of this thread, both in milliseconds. */
function take(work) {
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  const result = work();
  const time = performance.now() - start;
  const { user, system } = process.threadCpuUsage(cpu);
  return { result, time, cpu: (user + system) / 1000 };
}

/** The part of our start-up that runs after `activate` has returned. Our bundle requires it by this name. */
const SERVICES = './main.cjs';

/** How long after both extensions are activated the figures are written, in milliseconds. */
const SETTLING = 1000;

/**
 * Measures the two parts that VS Code adds up to the activation time: loading the module, and calling `activate`. Also
 * measures the deferred part: its own time, and the time from the return of `activate` until the services are ready.
 */
function measureActivation(report) {
  let returned = 0;
  // Every `require` calls it. VS Code replaces it in the same way.
  const load = Reflect.get(Module, '_load');
  Reflect.set(Module, '_load', function measured(request, ...rest) {
    if (request === SERVICES) {
      const loaded = take(() => load.call(this, request, ...rest));
      return {
        ...loaded.result,
        createMain: (...given) => {
          const created = take(() => loaded.result.createMain(...given));
          report('services', {
            time: loaded.time + created.time,
            cpu: loaded.cpu + created.cpu,
            after: performance.now() - returned,
          });
          return created.result;
        },
      };
    }
    const name = [...FILES.keys()].find((each) => FILES.get(each).test(request));
    if (!name) {
      return load.call(this, request, ...rest);
    }
    const loaded = take(() => load.call(this, request, ...rest));
    const { activate } = loaded.result;
    return {
      ...loaded.result,
      activate: (context) => {
        const activated = take(() => activate(context));
        report(name, { time: loaded.time + activated.time, cpu: loaded.cpu + activated.cpu });
        if (name === 'ours') {
          returned = performance.now();
        }
        return activated.result;
      },
    };
  });
}

/** Records a CPU profile of this process from now on, and writes it to a file after some time. */
function profile(file) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 50 });
  session.post('Profiler.start');
  return () =>
    session.post('Profiler.stop', (error, result) => writeFileSync(file, JSON.stringify(error ?? result.profile)));
}

exports.activate = ({ subscriptions }) => {
  const file = process.env.BENCH_ACTIVATION;
  const measured = {};
  const stopProfile = process.env.BENCH_PROFILE
    ? profile(`${process.env.BENCH_PROFILE}/${Date.now()}.cpuprofile`)
    : undefined;
  measureActivation((name, figures) => {
    measured[name] = figures;
    if (measured.ours && measured.control && !measured.services) {
      setTimeout(() => {
        stopProfile?.();
        writeFileSync(`${file}.part`, JSON.stringify(measured));
        renameSync(`${file}.part`, file);
      }, SETTLING);
    }
  });
  subscriptions.push(
    vscode.window.registerTreeDataProvider('bench.oneRow', {
      getChildren: (parent) => (parent ? [] : ['Only row']),
      getTreeItem: (label) => new vscode.TreeItem(label),
    }),
    vscode.commands.registerCommand('bench.openEmptyWebview', () => {
      // `watch-paints.js` runs only where scripts may run.
      const options = { enableScripts: true };
      const panel = vscode.window.createWebviewPanel('bench.empty', 'Empty Webview', vscode.ViewColumn.Active, options);
      panel.webview.html = '<!DOCTYPE html><html lang="en"><body><p id="bench-empty">Empty</p></body></html>';
    }),
  );
};
