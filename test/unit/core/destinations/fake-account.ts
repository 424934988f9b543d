import type { Api } from '../../../../src/core/api/client.ts';
import { createTurns } from '../../../../src/core/policies/turns.ts';
import { decodeDestinations } from '../../../../src/core/api/decode.ts';
import { createLeases, type Leases } from '../../../../src/core/async/lease.ts';
import { sha256 } from '../../../../src/core/destinations/fingerprint.ts';
import type { Destination, Draft } from '../../../../src/core/model/destination.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { demoTokens } from '../../../fake-cloudflare/demo-tokens.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import type { Policy } from '../../../fake-cloudflare/world.ts';
import { connectTo } from '../accounts/fake-connection.ts';
import { failWith } from '../api/fake-api.ts';
import { createMemoryFiles } from '../async/memory-files.ts';

export const ACCOUNT = 'a'.repeat(32);

/** One empty account of a fake Cloudflare, emptied before each test. Call it inside `describe`. */
export function useFakeAccount() {
  let fake: FakeCloudflare;
  let connected: Api;

  before(async () => {
    fake = await startFakeCloudflare();
    connected = connectTo(fake);
  });
  after(() => fake.close());
  beforeEach(clear);

  function clear(): void {
    controls.reset(fake.world, { seed: 'empty' });
    controls.putToken(fake.world, { value: demoTokens.demo });
    controls.putAccount(fake.world, { id: ACCOUNT, name: 'Acme' });
  }
  const policies = () => controls.policies(fake.world, { account: ACCOUNT });
  const requests = (method: string) => controls.log(fake.world).filter((each) => each.method === method);

  return {
    clear,
    world: () => fake.world,
    api: () => connected,
    /** The URL of a receiver that accepts everything. */
    hook: (name: string) => `${fake.receiversUrl}/generic/${name}`,
    async put(name: string, url = `${fake.receiversUrl}/generic/${name}`, type?: string): Promise<Destination> {
      const { id } = controls.putDestination(fake.world, {
        account: ACCOUNT,
        name,
        url,
        ...(type === undefined ? {} : { type }),
      });
      return connected.getDestination(ACCOUNT, id);
    },
    remove: (id: string) => controls.removeDestination(fake.world, { account: ACCOUNT, id }),
    /** As where Cloudflare takes a deleted destination out of policies. */
    removeAndCut(id: string): void {
      controls.removeDestination(fake.world, { account: ACCOUNT, id });
      for (const policy of policies()) {
        const webhooks = policy.mechanisms.webhooks?.filter((each) => each.id !== id) ?? [];
        controls.putPolicy(fake.world, { account: ACCOUNT, ...policy, mechanisms: { ...policy.mechanisms, webhooks } });
      }
    },
    putPolicy: (name: string, ids: readonly string[], email: readonly string[] = []) =>
      controls.putPolicy(fake.world, {
        account: ACCOUNT,
        name,
        mechanisms: {
          webhooks: ids.map((id) => ({ id })),
          ...(email.length > 0 ? { email: email.map((id) => ({ id })) } : {}),
        },
      }),
    changePolicy: (policy: Policy) => controls.putPolicy(fake.world, { account: ACCOUNT, ...policy }),
    removePolicy: (id: string) => controls.removePolicy(fake.world, { account: ACCOUNT, id }),
    fail: (rule: Parameters<typeof controls.addFault>[1]) => controls.addFault(fake.world, rule),
    policies,
    names: () => controls.destinations(fake.world, { account: ACCOUNT }).map(({ name }) => name),
    stored: (id: string) => controls.destinations(fake.world, { account: ACCOUNT }).find((each) => each.id === id),
    /** The names of the policies that use a destination. */
    users: (id: string) =>
      policies()
        .filter(({ mechanisms }) => mechanisms.webhooks?.some((each) => each.id === id))
        .map(({ name }) => name),
    webhooksOf: (name: string) =>
      policies()
        .find((policy) => policy.name === name)
        ?.mechanisms.webhooks?.map(({ id }) => id),
    requests,
    posts: () => requests('POST').length,
  };
}

/** Virtual time: only `sleep` advances it, without a real delay. */
export function makeVirtualHost() {
  let time = 1_000_000;
  const slept: number[] = [];
  return {
    now: () => time,
    async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      time += milliseconds;
    },
    ...createTurns(),
    digest: sha256,
    makeSalt: () => 'salt',
    slept,
  };
}

/** Leases of one window without a heartbeat, on the given clock. */
export function makeLeases(now: () => number = () => 0, files = createMemoryFiles(), process = 'window'): Leases {
  let ids = 0;
  return createLeases({
    files,
    now,
    makeId: () => `${process}-${(ids += 1)}`,
    process,
    isAlive: () => true,
    every: () => () => {},
  });
}

/** An API whose creations get no answer and take effect only just before the nth list call after them. */
export function createLate(api: Api, lists: number): Api {
  let sent: { readonly draft: Draft; left: number } | undefined;
  return {
    ...api,
    async createDestination(_account, draft) {
      sent = { draft, left: lists };
      return failWith({ kind: 'timeout' })();
    },
    async listDestinations(account) {
      if (sent) {
        sent.left -= 1;
        if (sent.left === 0) {
          await api.createDestination(account, sent.draft);
          sent = undefined;
        }
      }
      return api.listDestinations(account);
    },
  };
}

/**
 * An API whose first update of a policy gets no answer and takes effect just before the nth fetch after it. `takeEffect`: takes
 * effect now, if it has not yet.
 */
export function createLateUpdate(api: Api, fetches: number) {
  let left: number | undefined;
  let takeEffect = async (): Promise<void> => {};
  const late: Api = {
    ...api,
    async updatePolicy(...given) {
      if (left !== undefined) {
        return api.updatePolicy(...given);
      }
      left = fetches;
      takeEffect = async () => {
        takeEffect = async () => {};
        await api.updatePolicy(...given);
      };
      return failWith({ kind: 'timeout' })();
    },
    async getPolicy(...given) {
      left = left === undefined ? undefined : left - 1;
      if (left === 0) {
        await takeEffect();
      }
      return api.getPolicy(...given);
    },
  };
  return { api: late, takeEffect: async () => takeEffect() };
}

/** An API whose list of destinations has one that cannot be read. It can be fetched by its ID. */
export function withUnreadable(api: Api, id: string): Api {
  return {
    ...api,
    async listDestinations(...given) {
      const all = await api.listDestinations(...given);
      return decodeDestinations(all.map((each) => (each.id === id ? { ...each, id: null } : each)));
    },
  };
}
