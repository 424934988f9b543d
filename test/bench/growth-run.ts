// One run of the growth benchmark, in a process of its own: `node --expose-gc growth-run.ts <accounts> <latency> [root]`.
// `root` is another checkout of this repository to measure in its place. Prints one line of JSON.
import { registerHooks } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { makeDestinationsBody } from './bodies.ts';

const [accounts = 10, latency = 50] = process.argv.slice(2, 4).map(Number);
const root = pathToFileURL(`${process.argv[4] ?? process.cwd()}/`);
const PER_ACCOUNT = 40;
/** VS Code gathers changes of a tree for so long. */
const TREE_DEBOUNCE = 200;

const stub = new URL('vscode-stub.mjs', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url: stub, shortCircuit: true } : next(specifier, context),
});

const load = async (path: string) => import(new URL(path, root).href);
const { createApi } = await load('src/core/api/client.ts');
const { ApiError } = await load('src/core/api/api-error.ts');
const { createStore } = await load('src/core/monitoring/store.ts');
const { createPolicyStore } = await load('src/core/policies/policy-store.ts');
const { createDestinationsView } = await load('src/ui/tree/tree.ts');
const { addressOf } = await load('src/ui/json/addresses.ts');
const { createLastTests } = await load('src/ui/tree/last-tests.ts');
const { createStatusItem } = await load('src/ui/monitoring/status-item.ts');
const { createFailureNotice } = await load('src/ui/monitoring/failure-notice.ts');
const { locateFailing } = await load('src/core/monitoring/overview.ts');
const { toPickItem } = await load('src/ui/destinations/targets.ts');
const { counts, window } = await import(stub);

/** What each account answers; `round` changes the success of one destination in ten. */
let round = 0;
let requests = 0;
const host = {
  async fetch(input: URL) {
    requests += 1;
    const account = Number(/accounts\/(\d+)/.exec(input.pathname)?.[1]);
    await new Promise((resolve) => setTimeout(resolve, latency));
    return new Response(makeDestinationsBody({ count: PER_ACCOUNT, account, round }));
  },
  now: Date.now,
  sleep: async () => new Promise(() => {}),
  random: Math.random,
  log: () => {},
};
const api = createApi({ baseUrl: 'https://api.example.com', token: 'token', userAgent: 'bench', host });
const store = createStore({
  now: Date.now,
  toApiError: () => new ApiError({ kind: 'protocol' }),
  defer: (work: () => void) => setTimeout(work, 50),
  log: () => {},
});
const { provider } = createDestinationsView(store, createPolicyStore(), createLastTests(), {
  view: window.createTreeView(),
  documentOf: addressOf,
  describeOnHover: async () => undefined,
});
createStatusItem(store, () => 300_000);
createFailureNotice(
  { read: async () => undefined, write: async () => {} },
  store,
  { log: () => {}, sleep: async () => {} },
  async () => {},
);

let events = 0;
let rows = 0;
store.onChanged(() => (events += 1));
const dirty = new Set<unknown>();
let timer: ReturnType<typeof setTimeout> | undefined;

const isPainting = (): boolean => timer !== undefined;

async function paint(): Promise<void> {
  const nodes = dirty.has(undefined) ? await provider.getChildren() : [...dirty];
  dirty.clear();
  for (const node of nodes) {
    provider.getTreeItem(node);
    const children = await provider.getChildren(node);
    for (const child of children) {
      provider.getTreeItem(child);
    }
    rows += 1 + children.length;
    // VS Code asks for one node per message.
    await new Promise((resolve) => setImmediate(resolve));
  }
  timer = undefined;
  if (dirty.size > 0) {
    paintSoon();
  }
}

function paintSoon(): void {
  timer ??= setTimeout(() => void paint(), TREE_DEBOUNCE);
}

provider.onDidChangeTreeData((changed: unknown) => {
  for (const node of Array.isArray(changed) ? changed : [changed]) {
    dirty.add(node);
  }
  paintSoon();
});

const connections = Array.from({ length: accounts }, (_, id) => ({
  account: { id: String(id), name: `Account ${id}` },
  token: { id: 'token', owner: 'user' },
  api,
}));

async function measureRefresh() {
  events = 0;
  rows = 0;
  requests = 0;
  counts.statusUpdates = 0;
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await store.refresh();
  const wall = performance.now() - start;
  while (isPainting()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { user, system } = process.cpuUsage(cpu);
  delays.disable();
  return {
    cpu: (user + system) / 1000,
    wall,
    requests,
    events,
    rows,
    statusUpdates: counts.statusUpdates,
    delayP99: delays.percentile(99) / 1e6 - 1,
    delayMost: delays.max / 1e6 - 1,
  };
}

const collect = (): number => {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const before = collect();
store.setConnections(connections);
const first = await measureRefresh();
const heap = (collect() - before) / 1e6;
const unchanged = await measureRefresh();
round += 1;
const changed = await measureRefresh();
const start = performance.now();
const failing = locateFailing(store.entries()).map((each: unknown) => toPickItem(each)).length;
const showFailing = performance.now() - start;
console.log(JSON.stringify({ accounts, latency, heap, first, unchanged, changed, showFailing, failing }));
process.exit(0);
