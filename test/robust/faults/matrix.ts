import { getEventListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, describeForLog, isUncertain } from '../../../src/core/api/api-error.ts';
import { type Api, createApi } from '../../../src/core/api/client.ts';
import { createRedactor } from '../../../src/core/api/redaction.ts';
import type { CallSpec } from './calls.ts';
import { CANARY, type Fault } from './faults.ts';

export const TOKEN = 'cfut_t0k3n-of-the-matrix-0123456789-0123456789';
/** Milliseconds. The client names it when it starts its timer, which here has another meaning: see `connect`. */
const DEADLINE = 60_000;
/** Milliseconds from the arrival of a request that is not answered to its deadline, so that a busy machine changes nothing. */
const PATIENCE = 30;

export type Case = { readonly name: string; readonly call: CallSpec; readonly fault: Fault };

/** What one case did. `problems`: what it should not have done. `value`: what the call resolved with. */
export type Outcome = {
  readonly problems: readonly string[];
  readonly error: ApiError | undefined;
  readonly value: unknown;
};

type Slot = {
  readonly fault: Fault;
  readonly good: string;
  readonly sockets: Set<Socket>;
  /** Resolves once a request has arrived. */
  readonly reached: PromiseWithResolvers<void>;
  requests: number;
  effects: number;
};

/** A server whose paths begin with the number of a case, so that many cases run at the same time. */
export type FaultServer = {
  readonly run: (each: Case) => Promise<Outcome>;
  readonly connect: (baseUrl: string) => {
    readonly api: Api;
    readonly lines: string[];
    readonly openTimers: () => number;
  };
  /** A client whose calls all meet this fault; `result` is what a good answer has. */
  readonly connectFor: (fault: Fault, result: unknown) => { readonly api: Api };
  readonly close: () => Promise<void>;
  /** The address of a server whose certificate is not trusted, and one where no server listens. */
  readonly special: { readonly untrusted: string; readonly refused: string };
};

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

export async function startFaultServer(): Promise<FaultServer> {
  const slots = new Map<string, Slot>();
  const server = createServer((request, response) => {
    const slot = slots.get((request.url ?? '').split('/')[1] ?? '');
    if (!slot) {
      response.destroy();
      return;
    }
    slot.requests += 1;
    slot.sockets.add(request.socket);
    request.resume();
    // The effect comes after the whole request was received.
    request.once('end', () => {
      slot.fault.act({ request, response, good: slot.good, effect: () => void (slot.effects += 1) });
      slot.reached.resolve();
    });
  });
  const port = await listen(server);
  const pem = (name: string) => readFileSync(new URL(`../../fixtures/${name}.pem`, import.meta.url));
  const tls = createTlsServer({ key: pem('untrusted-key'), cert: pem('untrusted-certificate') });
  const tlsPort = await listen(tls);
  const closed = createServer();
  const refusedPort = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  let count = 0;

  function open(fault: Fault, result: unknown): { readonly baseUrl: string; readonly slot: Slot } {
    count += 1;
    const good = JSON.stringify({ success: true, errors: [], messages: [], result });
    const slot: Slot = {
      fault,
      good,
      sockets: new Set(),
      reached: Promise.withResolvers<void>(),
      requests: 0,
      effects: 0,
    };
    slots.set(String(count), slot);
    return { baseUrl: `http://127.0.0.1:${port}/${count}`, slot };
  }

  /** The deadline of a call passes only for a fault that is not answered, a little after the request has arrived. */
  function connect(baseUrl: string, slot?: Slot) {
    const lines: string[] = [];
    const redactor = createRedactor();
    redactor.remember(TOKEN);
    let timers = 0;
    const api = createApi({
      baseUrl,
      token: TOKEN,
      userAgent: 'test/1',
      deadline: DEADLINE,
      host: {
        fetch: globalThis.fetch,
        now: Date.now,
        async sleep(milliseconds, signal) {
          if (milliseconds !== DEADLINE) {
            return;
          }
          timers += 1;
          const aborted = new Promise<never>((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
          const passed =
            slot?.fault.expected === 'timeout' ? slot.reached.promise.then(async () => delay(PATIENCE)) : aborted;
          await Promise.race([passed, aborted]).finally(() => (timers -= 1));
        },
        random: () => 0.5,
        log: (level, message) => void lines.push(`${level} ${message}`),
        redact: (words, most) => redactor.redact(words, most),
      },
    });
    return { api, lines, openTimers: () => timers };
  }

  async function run({ call, fault }: Case): Promise<Outcome> {
    const { baseUrl, slot } = open(fault, call.result);
    const { api, lines, openTimers } = connect(baseUrl, slot);
    const problems: string[] = [];
    const { signal } = new AbortController();
    let value: unknown;
    const thrown: unknown = await call.run(api, signal).then(
      (resolved) => void (value = resolved),
      (error: unknown) => error ?? 'nothing',
    );
    const error = thrown instanceof ApiError ? thrown : undefined;
    if (thrown !== undefined && !error) {
      problems.push(`threw ${describeForLog(thrown)}`);
    }
    const ended = error?.kind ?? 'ok';
    const isExpected = fault.expected === 'either' ? ended === 'ok' || ended === 'protocol' : ended === fault.expected;
    if (!isExpected) {
      problems.push(`ended with ${ended} (${String(error)}), expected ${fault.expected}`);
    }
    const most = call.kind === 'mutation' ? 1 : (fault.attempts ?? 1);
    if (slot.requests !== most) {
      problems.push(`sent ${slot.requests} times, expected ${most}`);
    }
    // A mutation that took effect, or still may, is never reported as certainly not done.
    if (call.kind === 'mutation' && slot.effects > 0 && error && !isUncertain(error)) {
      problems.push('took effect, and its error says that it certainly did not');
    }
    const said = `${String(error)} ${JSON.stringify(error?.details)} ${lines.join('\n')}`;
    if (said.includes(TOKEN) || said.includes('s3cr3t-of-a-draft') || said.includes(CANARY)) {
      problems.push(`leaks: ${said.slice(0, 300)}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (openTimers() > 0) {
      problems.push(`${openTimers()} timers are left`);
    }
    const listeners = getEventListeners(signal, 'abort').length;
    if (listeners > 0) {
      problems.push(`${listeners} listeners are left at the caller's signal`);
    }
    if (ended === 'timeout' || fault.name === '20 MB') {
      for (let waited = 0; [...slot.sockets].some((each) => !each.destroyed); waited += 10) {
        if (waited > 2000) {
          problems.push('the socket of a request that was given up stays open');
          break;
        }
        await delay(10);
      }
    }
    return { problems, error, value };
  }

  return {
    run,
    connect,
    connectFor(fault, result) {
      const { baseUrl, slot } = open(fault, result);
      return connect(baseUrl, slot);
    },
    special: { untrusted: `https://localhost:${tlsPort}`, refused: `http://127.0.0.1:${refusedPort}` },
    async close() {
      server.closeAllConnections();
      tls.closeAllConnections();
      await Promise.all([server, tls].map(async (each) => new Promise((resolve) => each.close(resolve))));
    },
  };
}
