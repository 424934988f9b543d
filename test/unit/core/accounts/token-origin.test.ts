import assert from 'node:assert/strict';
import { addOrigin, mayReceive, originsOf } from '../../../../src/core/accounts/token-origin.ts';

const PUBLIC = 'https://api.cloudflare.com';
const OTHER = 'https://proxy.example.com';

describe('the origins of a token', () => {
  it('of a record without any are the public API', () => {
    assert.deepEqual(originsOf({}), [PUBLIC]);
    assert.deepEqual(originsOf({ origins: [] }), [PUBLIC]);
    assert.ok(mayReceive({}, PUBLIC));
    assert.ok(!mayReceive({}, OTHER));
    assert.ok(!mayReceive({}, 'http://127.0.0.1:8080'));
  });

  it('are compared exactly', () => {
    for (const other of [
      'http://proxy.example.com',
      'https://proxy.example.com:8443',
      'https://proxy.example.com.attacker.example',
      'https://a.proxy.example.com',
      '',
    ]) {
      assert.ok(!mayReceive({ origins: [OTHER] }, other), other);
    }
    assert.ok(mayReceive({ origins: [OTHER] }, OTHER));
  });

  it('take any port of this machine as one', () => {
    assert.ok(mayReceive({ origins: ['http://127.0.0.1:1'] }, 'http://localhost:2'));
    assert.ok(!mayReceive({ origins: ['http://127.0.0.1:1'] }, 'http://127.0.0.1.example.com'));
  });

  it('keep the first and the confirmed ones, so that changing back needs no question', () => {
    const origins = addOrigin({}, OTHER);
    assert.deepEqual(origins, [PUBLIC, OTHER]);
    assert.ok(mayReceive({ origins }, PUBLIC) && mayReceive({ origins }, OTHER));
    assert.deepEqual(addOrigin({ origins }, PUBLIC), origins);
    assert.deepEqual(addOrigin({ origins }, OTHER), origins);
  });

  it('are bounded', () => {
    let origins: readonly string[] = [PUBLIC];
    for (let index = 0; index < 100; index += 1) {
      origins = addOrigin({ origins }, `https://${index}.example.com`);
    }
    assert.deepEqual([origins.length, origins[0], origins.at(-1)], [11, PUBLIC, 'https://99.example.com']);
  });
});
