import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted } from '../scripted-window.ts';

const { loadActivity } = await loadScripted(async () => import('../../../../src/ui/panel/activity.ts'));

describe('policies in the panel', () => {
  it('are not said to be none where some could not be read', async () => {
    const read = async (skipped: number): Promise<string> => {
      const api = makeApi({
        listPolicies: async () => noteSkipped([], skipped),
        listAlertNames: async () => new Map(),
        listSentAlerts: async () => [],
      });
      const located = { connection: makeConnection('a', api), destination: makeDestination('d') };
      const { policies } = await loadActivity(createPolicyStore(), located, 0, new AbortController().signal);
      return policies.summary;
    };
    assert.match(await read(0), /^No notification policy uses this destination/);
    assert.match(await read(1), /entries that could not be read\. A policy that uses “Destination d” may be one/);
  });
});
