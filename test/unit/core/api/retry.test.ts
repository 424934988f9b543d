import assert from 'node:assert/strict';
import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { retryRead } from '../../../../src/core/api/retry.ts';
import { isCanceled } from '../../../../src/core/async/canceled.ts';

/** The pauses before the retries of a read that always fails. */
async function pausesAfter(details: ApiErrorDetails, random = 0.5): Promise<readonly number[]> {
  const pauses: number[] = [];
  const host = {
    fetch: globalThis.fetch,
    now: () => 0,
    sleep: async (milliseconds: number) => void pauses.push(milliseconds),
    random: () => random,
    log: () => {},
  };
  const failure = new ApiError(details);
  await assert.rejects(
    retryRead(host, undefined, () => Promise.reject(failure)),
    (error) => error === failure,
  );
  return pauses;
}

describe('retry of a read', () => {
  for (const [what, details, expected] of [
    ['a network failure', { kind: 'network' }, [300, 600]],
    ['an unavailable API', { kind: 'unavailable', status: 500 }, [300, 600]],
    ['the page of a gateway with status 500', { kind: 'protocol', status: 500 }, [300, 600]],
    ['the page of a proxy with status 499', { kind: 'protocol', status: 499 }, []],
    ['a malformed success', { kind: 'protocol' }, []],
    ['an invalid token, whatever the status', { kind: 'auth', status: 503 }, []],
    ['a timeout', { kind: 'timeout' }, []],
    ['a rate limit without a pause', { kind: 'rateLimited' }, []],
    ['a rate limit of five seconds', { kind: 'rateLimited', retryAfter: 5000 }, [5000, 5000]],
    ['a rate limit of more than five seconds', { kind: 'rateLimited', retryAfter: 5001 }, []],
    ['an unavailable API that asks for a long pause', { kind: 'unavailable', retryAfter: 60_000 }, []],
  ] as const) {
    it(`pauses ${expected.length === 0 ? 'never' : expected.join(' and ')} after ${what}`, async () => {
      assert.deepEqual(await pausesAfter(details), expected);
    });
  }

  it('spreads the pauses from half to one and a half of the backoff', async () => {
    assert.deepEqual(await pausesAfter({ kind: 'network' }, 0), [150, 300]);
    assert.deepEqual(await pausesAfter({ kind: 'network' }, 0.75), [375, 750]);
  });

  it('hands the signal to the pause, which it ends', async () => {
    const cancel = new AbortController();
    const host = {
      fetch: globalThis.fetch,
      now: () => 0,
      async sleep(_milliseconds: number, signal?: AbortSignal): Promise<void> {
        assert.equal(signal, cancel.signal);
        cancel.abort(new Error('a reason of its own'));
        throw cancel.signal.reason;
      },
      random: () => 0,
      log: () => {},
    };
    await assert.rejects(
      retryRead(host, cancel.signal, () => Promise.reject(new ApiError({ kind: 'network' }))),
      isCanceled,
    );
  });

  it('passes on why a pause failed without a signal', async () => {
    const reason = new Error('the window is closing');
    const host = {
      fetch: globalThis.fetch,
      now: () => 0,
      sleep: () => Promise.reject(reason),
      random: () => 0,
      log: () => {},
    };
    await assert.rejects(
      retryRead(host, undefined, () => Promise.reject(new ApiError({ kind: 'network' }))),
      (error) => error === reason,
    );
  });
});
