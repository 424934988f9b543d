import assert from 'node:assert/strict';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { readPlans, stub } = await loadScripted(async () => import('../../../../src/ui/overview/unproven-plans.ts'));
const { tellNone } = await loadScripted(async () => import('../../../../src/ui/overview/unproven-messages.ts'));

const now = new Date().toISOString();

describe('Test All Unproved', () => {
  for (const [what, times, skipped, words] of [
    ['where each destination has just delivered', { lastSuccess: now }, 0, /^Every destination has had a success/],
    ['of a new destination that never delivered', { createdAt: now }, 0, /^No destination is marked as not proved\.$/],
    ['of a destination without any time', {}, 0, /^No destination is marked as not proved\.$/],
    [
      'of a list with an entry that cannot be read',
      { lastSuccess: now },
      1,
      /^The state of 1 account is unknown\. No destination is marked/,
    ],
  ] as const) {
    it(`says only what is known ${what}`, async () => {
      startOver(stub);
      const services = makeUiServices(
        makeApi({ listDestinations: async () => [makeDestination('1', times)] }),
        skipped,
      );
      const found = await readPlans(30, { ...services, host: { ...services.host, now: Date.now } });
      assert.deepEqual(found.plans, []);
      tellNone(found, 30, 1);
      assert.match(stub.user.told.join('|'), words);
    });
  }
});
