import type * as vscode from 'vscode';
import type { SharedFiles } from '../../../src/core/async/shared-files.ts';
import { createMemoryFiles } from '../../unit/core/async/memory-files.ts';
import type { World } from '../world.ts';

/** Everything that the windows of one machine share. */
export type Machine = {
  readonly secrets: Map<string, string>;
  readonly files: SharedFiles;
  /** The persisted globalState, as the last window wrote it: VS Code writes the whole object. */
  readonly state: () => Readonly<Record<string, unknown>>;
  /** A window's view of the shared storage. `isAlive`: a killed window does nothing and gets no answer. */
  openStorage(isAlive: () => boolean): {
    readonly secrets: vscode.SecretStorage;
    readonly memento: vscode.Memento;
    readonly files: SharedFiles;
    close(): void;
  };
  /** How many listeners windows have left. */
  readonly listeners: () => number;
  /** Resolves once every echo has arrived everywhere. */
  settle(): Promise<void>;
};

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `pick`: a number in [0, 1) for each decision, in turn. `fails`: whether SecretStorage refuses this access. */
export function createMachine(pick: () => number, fails: () => boolean): Machine {
  const secrets = new Map<string, string>();
  const stored = createMemoryFiles();
  let state: Readonly<Record<string, unknown>> = {};
  const secretListeners = new Set<(event: { readonly key: string }) => void>();
  const mementos = new Set<(value: Readonly<Record<string, unknown>>) => void>();
  let onTheWay = 0;

  /** Runs work a few turns of the event loop later. */
  async function later(work: () => void): Promise<void> {
    onTheWay += 1;
    const turns = Math.floor(pick() * 4);
    for (let turn = 0; turn <= turns; turn += 1) {
      await tick();
    }
    onTheWay -= 1;
    work();
  }

  return {
    secrets,
    files: stored,
    state: () => state,
    listeners: () => secretListeners.size + mementos.size,
    async settle() {
      for (let quiet = 0; quiet < 10; quiet += 1) {
        await tick();
        quiet = onTheWay > 0 ? 0 : quiet;
      }
    },
    openStorage(isAlive) {
      const access = async <T>(work: () => T): Promise<T> => {
        await later(() => undefined);
        if (!isAlive()) {
          return new Promise<T>(() => {});
        }
        if (fails()) {
          throw new Error('the storage is locked');
        }
        return work();
      };
      const announce = (key: string): void => {
        for (const listener of secretListeners) {
          // The event is unreliable: it comes late, twice, or not at all.
          const times = Math.floor(pick() * 3);
          for (let time = 0; time < times; time += 1) {
            void later(() => listener({ key }));
          }
        }
      };
      const mine = new Set<(event: { readonly key: string }) => void>();

      let values: Readonly<Record<string, unknown>> = state;
      const echo = (value: Readonly<Record<string, unknown>>): void => {
        values = value;
      };
      mementos.add(echo);

      return {
        secrets: {
          get: async (key: string) => access(() => secrets.get(key)),
          store: async (key: string, value: string) =>
            access(() => {
              secrets.set(key, value);
              announce(key);
            }),
          delete: async (key: string) =>
            access(() => {
              secrets.delete(key);
              announce(key);
            }),
          keys: async () => access(() => [...secrets.keys()]),
          onDidChange: (listener: (event: vscode.SecretStorageChangeEvent) => void) => {
            const called = (event: { readonly key: string }): void => (isAlive() ? listener(event) : undefined);
            secretListeners.add(called);
            mine.add(called);
            return { dispose: () => secretListeners.delete(called) };
          },
        },
        memento: {
          keys: () => Object.keys(values),
          get: <T>(key: string, fallback?: T) => (values[key] as T | undefined) ?? fallback,
          async update(key: string, value: unknown) {
            // ExtensionMemento: the local object changes at once, is written whole a turn later, and each echo replaces it.
            values = { ...values, [key]: JSON.parse(JSON.stringify(value)) as unknown };
            await tick();
            if (!isAlive()) {
              return new Promise<void>(() => {});
            }
            state = values;
            const written = values;
            await Promise.all([...mementos].map(async (each) => later(() => each(written))));
            return undefined;
          },
        },
        files: {
          names: async () => access(async () => stored.names()),
          read: async (name) => access(async () => stored.read(name)),
          write: async (name, text) => access(async () => stored.write(name, text)),
          create: async (name, text) => access(async () => stored.create(name, text)),
          rename: async (from, to) => access(async () => stored.rename(from, to)),
          remove: async (name) => access(async () => stored.remove(name)),
        },
        close() {
          mementos.delete(echo);
          for (const listener of mine) {
            secretListeners.delete(listener);
          }
        },
      };
    },
  };
}

/** What Cloudflare holds: an account each, and the tokens that may read them. */
export type Cloud = {
  readonly worlds: ReadonlyMap<string, World>;
  /** Values of tokens that are valid. */
  readonly tokens: Set<string>;
  /** When each call was sent, by the value of its token. */
  readonly calls: { readonly at: number; readonly token: string }[];
};

/** Answers the calls that a refresh sends. Any token may read any account. */
export function createFetch(cloud: Cloud, now: () => number, faultOf: () => number): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    cloud.calls.push({ at: now(), token });
    await tick();
    const fault = faultOf();
    if (fault < 0.05) {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) });
    }
    if (fault < 0.1) {
      return new Response('<html>', { status: 502 });
    }
    const answer = (status: number, body: object): Response =>
      new Response(JSON.stringify({ success: status === 200, errors: [], messages: [], result: null, ...body }), {
        status,
      });
    if (fault < 0.13) {
      return answer(503, {});
    }
    if (!cloud.tokens.has(token)) {
      return answer(401, { errors: [{ code: 1000, message: 'Invalid API Token' }] });
    }
    const world = cloud.worlds.get(url.pathname.split('/')[4] ?? '');
    return world
      ? answer(200, {
          result: world.destinations.map(({ id, name, url: to }) => ({
            id,
            name,
            url: to,
            type: 'generic',
            ...(fault > 0.6 ? { last_failure: new Date(1.8e12 + now()).toISOString() } : {}),
          })),
        })
      : answer(404, {});
  };
}
