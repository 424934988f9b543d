import assert from 'node:assert/strict';
import { dashboardAddress, parseAccountId } from '../../../../src/core/model/account.ts';

const ID = '0123456789abcdef0123456789abcdef';

describe('account ID', () => {
  for (const text of [
    ID,
    `  ${ID}\n`,
    ID.toUpperCase(),
    '01234567-89ab-cdef-0123-456789abcdef',
    `https://dash.cloudflare.com/${ID}/notifications`,
    `https://dash.cloudflare.com/${ID}`,
  ]) {
    it(`finds the ID in ${JSON.stringify(text)}`, () => {
      assert.equal(parseAccountId(text), ID);
    });
  }

  for (const text of ['', 'acme', ID.slice(1), `${ID}0`, ID.replace('a', 'g'), `../${ID}`, `${ID}/../x`]) {
    it(`finds no ID in ${JSON.stringify(text)}`, () => {
      assert.equal(parseAccountId(text), undefined);
    });
  }

  it('escapes the ID in the link to the dashboard', () => {
    assert.equal(dashboardAddress(ID), `https://dash.cloudflare.com/${ID}/notifications/destinations`);
    assert.ok(dashboardAddress('../../evil').startsWith('https://dash.cloudflare.com/..%2F..%2Fevil/'));
  });
});
