import assert from 'node:assert/strict';
import { fetchSettled, type UnansweredUpdates } from '../../../../src/core/api/unanswered.ts';
import { makeVirtualHost } from '../destinations/fake-account.ts';

describe('fetching after an update without an answer', () => {
  let unanswered: UnansweredUpdates<string>;
  let host: ReturnType<typeof makeVirtualHost>;
  let fetches: number;
  beforeEach(() => {
    unanswered = new Map();
    host = makeVirtualHost();
    fetches = 0;
  });
  const fetchAfter = async (values: readonly string[], signal?: AbortSignal): Promise<string> =>
    fetchSettled({
      unanswered,
      key: 'a',
      host,
      signal,
      fetch: async () => values[Math.min((fetches += 1), values.length) - 1] ?? assert.fail(),
    });
  const lose = (key: string): void =>
    void unanswered.set(key, { sentAt: host.now(), isApplied: (now) => now === 'new' });

  it('fetches once where there is none, or only one of another object', async () => {
    lose('b');
    const start = host.now();
    assert.equal(await fetchAfter(['old']), 'old');
    assert.deepEqual([fetches, host.now() - start, [...unanswered.keys()]], [1, 0, ['b']]);
  });

  it('fetches every two seconds until the object shows it, and then forgets it', async () => {
    lose('a');
    const start = host.now();
    assert.equal(await fetchAfter(['old', 'old', 'new']), 'new');
    assert.deepEqual([fetches, host.now() - start, unanswered.size], [3, 4000, 0]);
  });

  it('takes what is there after 30 seconds, when it can no longer take effect, and then forgets it', async () => {
    lose('a');
    const start = host.now();
    assert.equal(await fetchAfter(['old']), 'old');
    assert.deepEqual([host.now() - start, unanswered.size], [30_000, 0]);
  });

  it('keeps it where the wait is canceled or nothing can be fetched', async () => {
    lose('a');
    await assert.rejects(fetchAfter(['old'], AbortSignal.abort(new Error('canceled'))), /canceled/);
    await assert.rejects(fetchAfter([]));
    assert.equal(unanswered.size, 1);
  });
});
