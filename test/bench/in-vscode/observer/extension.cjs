// Measures how VS Code loads and activates the two extensions of the benchmark in this window, and shows the simplest tree
// and the simplest webview to compare ours with.
const { renameSync, writeFileSync } = require('node:fs');
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

/** Measures the two parts that VS Code adds up to the activation time: loading the module, and calling `activate`. */
function measureActivation(report) {
  // Every `require` calls it. VS Code replaces it in the same way.
  const load = Reflect.get(Module, '_load');
  Reflect.set(Module, '_load', function measured(request, ...rest) {
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
        return activated.result;
      },
    };
  });
}

exports.activate = ({ subscriptions }) => {
  const measured = {};
  measureActivation((name, figures) => {
    measured[name] = figures;
    if (measured.ours && measured.control) {
      const file = process.env.BENCH_ACTIVATION;
      writeFileSync(`${file}.part`, JSON.stringify(measured));
      renameSync(`${file}.part`, file);
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
