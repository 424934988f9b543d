import assert from 'node:assert/strict';
import { parseMailAddresses } from '../../../../src/core/model/mail-addresses.ts';

describe('e-mail addresses', () => {
  for (const [text, addresses, invalid] of [
    ['', [], []],
    [' , ; \n', [], []],
    ['a@example.com', ['a@example.com'], []],
    [
      'a@example.com,b@example.com; c@example.com\nd@example.com',
      ['a', 'b', 'c', 'd'].map((x) => `${x}@example.com`),
      [],
    ],
    ['A@example.com, b@example.com, a@EXAMPLE.com', ['A@example.com', 'b@example.com'], []],
    ['\u200Ba@example.com\u202E', ['a@example.com'], []],
    ['ops', [], ['ops']],
    ['a@example, @example.com, a@b@example.com', [], ['a@example', '@example.com', 'a@b@example.com']],
    ['ops@example.com and boss', ['ops@example.com'], ['and', 'boss']],
  ] as const) {
    it(`are found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseMailAddresses(text), { addresses, invalid });
    });
  }
});
