import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { takeFingerprint } from '../../../../src/core/destinations/fingerprint.ts';
import type { Destination, Draft } from '../../../../src/core/model/destination.ts';
import { runForward, type RunEnd, type RunOptions } from '../../../../src/core/replacement/run.ts';
import type { Replacement, Stage } from '../../../../src/core/replacement/state.ts';
import { runUndo } from '../../../../src/core/replacement/undo.ts';
import { ACCOUNT, makeVirtualHost, type useFakeAccount } from '../destinations/fake-account.ts';

export type Account = ReturnType<typeof useFakeAccount>;

/** A destination "Ops" with the policies "One" and "Two", and everything to replace it. Call it inside `describe`. */
export function useReplacement(account: Account) {
  let old: Destination;
  let persisted: Replacement[] = [];
  let host = makeVirtualHost();

  beforeEach(seed);

  async function seed(): Promise<void> {
    account.clear();
    persisted = [];
    host = makeVirtualHost();
    old = await account.put('Ops', account.hook('old'));
    account.putPolicy('One', [old.id, 'f'.repeat(32)], ['a@example.com']);
    account.changePolicy({ ...account.putPolicy('Two', [old.id]), enabled: false });
  }
  const draft = (): Draft => ({ name: 'Ops', url: account.hook('new'), secret: 'good' });
  const persist = async (state: Replacement): Promise<void> => void persisted.push(state);
  const options = (): RunOptions & { draft: Draft } => ({ api: account.api(), host, persist, draft: draft() });
  const last = (): Replacement => {
    const state = persisted.at(-1);
    if (!state) {
      throw new Error('nothing was persisted');
    }
    return state;
  };

  /** An API with some calls replaced; each gets the real API. */
  const apiWith = (make: (api: Api) => Partial<Api>): Api => ({ ...account.api(), ...make(account.api()) });

  return {
    seed,
    draft,
    persist,
    last,
    host: () => host,
    old: () => old,
    states: (): readonly Replacement[] => persisted,
    begin: async (changes: Partial<Replacement> = {}): Promise<Replacement> => ({
      version: 2,
      accountId: ACCOUNT,
      oldId: old.id,
      oldName: 'Ops',
      name: 'Ops',
      host: new URL(draft().url).host,
      fingerprint: await takeFingerprint(draft(), 'salt', host.digest),
      knownIds: [old.id],
      stage: 'creating',
      policies: [],
      ...changes,
    }),
    forward: async (from: Replacement, changes: Partial<RunOptions> = {}): Promise<RunEnd> =>
      runForward(from, { ...options(), ...changes }),
    undo: async (from: Replacement, changes: Partial<RunOptions> = {}): Promise<RunEnd> =>
      runUndo(from, { ...options(), ...changes }),
    apiWith,
    /** A colleague deletes a destination before the first update, and the list after that cannot show the second policy. */
    apiBesideHiddenDeletion(destinationId: string): Api {
      let lists = 0;
      return apiWith((real) => ({
        async listPolicies(...given) {
          lists += 1;
          const all = await real.listPolicies(...given);
          return lists === 2 ? noteSkipped(all.slice(0, 1), 1) : all;
        },
        async updatePolicy(...given) {
          account.removeAndCut(destinationId);
          await real.updatePolicy(...given);
        },
      }));
    },
    /**
     * An API beside a client that attaches another policy to a destination before each list, or each list in one stage.
     * `stages`: in which stages policies were changed.
     */
    apiBesideAttaching(destinationId: string, stage?: Stage) {
      const seen = { attached: 0, stages: new Set<string>() };
      const api = apiWith((real) => ({
        async listPolicies(...given) {
          if (stage === undefined || last().stage === stage) {
            seen.attached += 1;
            account.putPolicy(`Attached ${seen.attached}`, [destinationId]);
            assert.ok(seen.attached < 20, 'never ends');
          }
          return real.listPolicies(...given);
        },
        async updatePolicy(...given) {
          seen.stages.add(last().stage);
          await real.updatePolicy(...given);
        },
      }));
      return { api, seen };
    },
  };
}
