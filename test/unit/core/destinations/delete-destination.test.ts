import assert from 'node:assert/strict';
import type { ApiError, ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { deleteDestination } from '../../../../src/core/destinations/delete-destination.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { failWith, isUnsettled, makeApi, makeDestination } from '../api/fake-api.ts';
import { makeVirtualHost } from './fake-account.ts';

const there = async () => makeDestination('1');
const gone = failWith({ kind: 'notFound', status: 404, reason: 'Webhook not found' });
const offline = failWith({ kind: 'network' });

const cases: readonly [string, ApiErrorDetails | undefined, typeof there | typeof gone, string][] = [
  ['Cloudflare says so', undefined, there, 'deleted'],
  ['code 15000 and the destination is gone', { kind: 'unavailable', status: 500, codes: [15000] }, gone, 'alreadyGone'],
  ['404 and the destination is gone', { kind: 'notFound', status: 404 }, gone, 'alreadyGone'],
  ['the answer was lost but the work was done', { kind: 'network' }, gone, 'deleted'],
  ['the answer came too late but the work was done', { kind: 'timeout' }, gone, 'deleted'],
  [
    'code 15000 and it is still there',
    { kind: 'unavailable', status: 500, codes: [15000] },
    there,
    'unavailable, unsettled',
  ],
  ['the answer was lost and nothing was done', { kind: 'network' }, there, 'network, unsettled'],
  ['the answer was lost and nothing can be read', { kind: 'timeout' }, offline, 'timeout, unsettled'],
  ['the token may not', { kind: 'forbidden', status: 403 }, gone, 'forbidden'],
];

const remove = async (api: Api, host = makeVirtualHost()) =>
  deleteDestination({ api, host, accountId: 'a', destinationId: '1' });

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
      const outcome = await remove(api).catch(
        (error: ApiError) => `${error.kind}${isUnsettled(error) ? ', unsettled' : ''}`,
      );
      assert.equal(outcome, expected);
      assert.equal(deletions, 1);
    });
  }

  it('does not take an account that cannot be found for a destination that is gone', async () => {
    const unknownAccount = { kind: 'notFound', status: 404, codes: [7003] } as const;
    const api = makeApi({ deleteDestination: failWith(unknownAccount), getDestination: failWith(unknownAccount) });
    await assert.rejects(remove(api), { kind: 'notFound' });
  });

  it('waits for a deletion that takes effect late, and sends it once', async () => {
    let [deletions, looks] = [0, 0];
    const api = makeApi({
      deleteDestination: async () => {
        deletions += 1;
        return failWith({ kind: 'timeout' })();
      },
      getDestination: async () => {
        looks += 1;
        return looks < 3 ? there() : gone();
      },
    });
    const host = makeVirtualHost();
    assert.equal(await remove(api, host), 'deleted');
    assert.deepEqual([deletions, looks, host.slept], [1, 3, [1000, 2000]]);
  });

  it('does not take the 404 page of a proxy for a destination that is gone', async () => {
    const page = failWith({ kind: 'protocol', status: 404 });
    const api = makeApi({ deleteDestination: page, getDestination: page });
    await assert.rejects(remove(api), { kind: 'protocol' });
  });
});
