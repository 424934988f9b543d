import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { Api } from '../../../../src/core/api/client.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { formatPolicy } from '../../../../src/core/formats/policy-document.ts';
import type { UnansweredPolicies } from '../../../../src/core/policies/create-policy.ts';
import { keyOfPolicy } from '../../../../src/core/policies/turns.ts';
import type { AnnouncedSaves } from '../../../../src/ui/json/save-claims.ts';
import { failWith } from '../../core/api/fake-api.ts';
import { ACCOUNT, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { createPolicyDocuments, stub } = await loadScripted(
  async () => import('../../../../src/ui/json/policy-documents.ts'),
);
const { nextPolicyAddress, policyAddressOf } = await loadScripted(
  async () => import('../../../../src/ui/json/policy-addresses.ts'),
);

/** The reason of an explicit save, as VS Code numbers it. */
const MANUAL = 1;

describe('saving a policy document', () => {
  const account = useFakeAccount();
  beforeEach(() => startOver(stub));

  function makeWindow(api: Api, unanswered: UnansweredPolicies = new Map()) {
    const services = makeUiServices(api);
    const kept = new Map<string, unknown>();
    const announcedSaves: AnnouncedSaves = new Map();
    const { provider } = createPolicyDocuments({
      ...services,
      loaded: Promise.resolve(true),
      logger: { log: () => {}, show: () => {} },
      windowState: { get: (key: string) => kept.get(key), update: async (key, value) => void kept.set(key, value) },
      announcedSaves,
      unanswered,
    });
    return { services, provider, announcedSaves };
  }

  /** Saves another name in a document. `inBetween` happens after VS Code looked at it. */
  async function save(
    api: Api,
    kind: 'new' | 'existing',
    inBetween: (policyId: string, services: ReturnType<typeof makeUiServices>) => void,
    unanswered?: UnansweredPolicies,
  ): Promise<void> {
    const { id } = account.putPolicy('P', [], ['ops@example.com']);
    const policy = await account.api().getPolicy(ACCOUNT, id);
    const { services, provider, announcedSaves } = makeWindow(api, unanswered);
    const owner = services.connection.account;
    const uri = kind === 'new' ? nextPolicyAddress(owner) : policyAddressOf(owner, policy);
    const text = formatPolicy({ ...policy.whole, name: 'Q' });
    stub.user.documents.push({ uri, getText: () => text } as vscode.TextDocument);
    await provider.readFile(uri);
    announcedSaves.set(uri.toString(), { reason: MANUAL, text });
    await provider.stat(uri);
    inBetween(id, services);
    await provider.writeFile(uri, Buffer.from(text), { create: true, overwrite: true });
  }

  it('says that the policy was deleted', async () => {
    await assert.rejects(
      save(account.api(), 'existing', (id) => account.removePolicy(id)),
      /The policy was deleted at Cloudflare\. Nothing was saved/,
    );
  });

  for (const kind of ['new', 'existing'] as const) {
    it(`does not say so where Cloudflare does not find the account (${kind})`, async () => {
      let isLost = false;
      const lost = failWith({ kind: 'notFound', status: 404, codes: [7003] });
      const api: Api = {
        ...account.api(),
        listPolicies: async (...given) => (isLost && kind === 'new' ? lost() : account.api().listPolicies(...given)),
        getPolicy: async (...given) => (isLost ? lost() : account.api().getPolicy(...given)),
      };
      const saving = save(api, kind, () => {
        isLost = true;
      });
      await assert.rejects(saving, /Cloudflare could not find Acme/);
    });
  }

  it('does not say so of a new policy', async () => {
    let isLost = false;
    const api: Api = {
      ...account.api(),
      request: async (...given) => (isLost ? failWith({ kind: 'notFound' })() : account.api().request(...given)),
    };
    const saving = save(api, 'new', () => {
      isLost = true;
    });
    await assert.rejects(saving, /Cloudflare could not find Acme/);
  });

  it('closes no document of a policy that may be one that could not be read', async () => {
    const { id } = account.putPolicy('P', [], ['ops@example.com']);
    const real = account.api();
    const policy = await real.getPolicy(ACCOUNT, id);
    const { tabGroups } = stub.window as { readonly tabGroups: { close?: unknown } };
    for (const skipped of [1, 0]) {
      startOver(stub);
      let isListed = true;
      const { services, provider } = makeWindow({
        ...real,
        listPolicies: async (...given) => (isListed ? real.listPolicies(...given) : noteSkipped([], skipped)),
      });
      const uri = policyAddressOf(services.connection.account, policy);
      const closed: unknown[] = [];
      tabGroups.close = async (tabs: readonly unknown[]) => void closed.push(...tabs);
      stub.user.documents.push({ uri, getText: () => '', isDirty: false } as vscode.TextDocument);
      const events: number[] = [];
      provider.onDidChangeFile((changes) => events.push(...changes.map(({ type }) => type)));
      await provider.readFile(uri);
      isListed = false;
      services.policies.forget();
      for (let turn = 0; turn < 20; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual([events.length, closed.length], skipped > 0 ? [0, 0] : [1, 1], `${skipped}`);
    }
  });

  it('says that a creation without an answer may still take effect', async () => {
    const lost: Api = { ...account.api(), request: failWith({ kind: 'timeout' }) };
    await assert.rejects(
      save(lost, 'new', () => {}),
      /timed out\. Try again\. The request was sent and may still take effect\./,
    );
  });

  it('creates nothing in an account that is removed during the wait for an earlier creation', async () => {
    const lost: Api = { ...account.api(), request: failWith({ kind: 'timeout' }) };
    const unanswered: UnansweredPolicies = new Map();
    await assert.rejects(save(lost, 'new', () => {}, unanswered));
    startOver(stub);
    const again = save(
      account.api(),
      'new',
      (_, { host, store }) => {
        const before = { ...host };
        host.sleep = async (...given) => {
          store.setConnections([]);
          await before.sleep(...given);
        };
      },
      unanswered,
    );
    await assert.rejects(again, /The account Acme was removed from VS Code/);
    assert.equal(account.posts(), 0);
  });

  it('sends nothing for an account that was removed while it waited for another change of the policy', async () => {
    const real = account.api();
    const sent: string[] = [];
    const api: Api = { ...real, updatePolicy: async (_account, policyId) => void sent.push(policyId) };
    const waiting = Promise.withResolvers<void>();
    const saving = save(api, 'existing', (policyId, { host, store }) => {
      void host.inTurn(keyOfPolicy(ACCOUNT, policyId), async () => waiting.promise);
      setImmediate(() => {
        store.setConnections([]);
        waiting.resolve();
      });
    });
    await assert.rejects(saving, /The account Acme was removed from VS Code/);
    assert.deepEqual(sent, []);
  });
});
