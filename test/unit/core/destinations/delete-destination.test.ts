import assert from 'node:assert/strict';
import type { ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { deleteDestination } from '../../../../src/core/destinations/delete-destination.ts';
import { failWith, makeApi, makeDestination } from '../api/fake-api.ts';

const there = async () => makeDestination('1');
const gone = failWith({ kind: 'notFound', status: 404, reason: 'Webhook not found' });
const offline = failWith({ kind: 'network' });

const cases: readonly [string, ApiErrorDetails | undefined, typeof there | typeof gone, string][] = [
  ['Cloudflare says so', undefined, there, 'deleted'],
  ['code 15000 and the destination is gone', { kind: 'unavailable', status: 500, codes: [15000] }, gone, 'alreadyGone'],
  ['404 and the destination is gone', { kind: 'notFound', status: 404 }, gone, 'alreadyGone'],
  ['the answer was lost but the work was done', { kind: 'network' }, gone, 'deleted'],
  ['the answer came too late but the work was done', { kind: 'timeout' }, gone, 'deleted'],
  ['code 15000 and it is still there', { kind: 'unavailable', status: 500, codes: [15000] }, there, 'unavailable'],
  ['the answer was lost and nothing was done', { kind: 'network' }, there, 'network'],
  ['the answer was lost and nothing can be read', { kind: 'timeout' }, offline, 'timeout'],
  ['the token may not', { kind: 'forbidden', status: 403 }, gone, 'forbidden'],
];

describe('delete destination', () => {
  for (const [when, failure, get, expected] of cases) {
    it(`ends as ${expected} where ${when}`, async () => {
      let deletions = 0;
      const api = makeApi({
        deleteDestination: async () => {
          deletions += 1;
          if (failure) {
            await failWith(failure)();
          }
        },
        getDestination: get,
      });
      const outcome = await deleteDestination(api, 'a', '1').catch((error: { kind: string }) => error.kind);
      assert.equal(outcome, expected);
      assert.equal(deletions, 1);
    });
  }

  it('does not take an account that cannot be found for a destination that is gone', async () => {
    const unknownAccount = { kind: 'notFound', status: 404, codes: [7003] } as const;
    const api = makeApi({ deleteDestination: failWith(unknownAccount), getDestination: failWith(unknownAccount) });
    await assert.rejects(deleteDestination(api, 'a', '1'), { kind: 'notFound' });
  });
});
