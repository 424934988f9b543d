import assert from 'node:assert/strict';
import { loadOnce } from '../../../../src/core/async/load-once.ts';

describe('loading once', () => {
  it('loads at the first call, and gives all calls the same value', async () => {
    let loads = 0;
    const load = loadOnce(async () => {
      loads += 1;
      return { loads };
    });
    assert.equal(loads, 0);
    const [first, second] = await Promise.all([load(), load()]);
    assert.equal(first, second);
    assert.equal(await load(), first);
    assert.equal(loads, 1);
  });

  it('rejects all calls that wait for a failed load, and loads again at the next call', async () => {
    let loads = 0;
    const load = loadOnce(async () => {
      loads += 1;
      if (loads === 1) {
        throw new Error('missing');
      }
      return loads;
    });
    const settled = await Promise.allSettled([load(), load()]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(await load(), 2);
  });
});
