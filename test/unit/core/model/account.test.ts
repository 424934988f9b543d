import assert from 'node:assert/strict';
import { dashboardAddress, newTokenAddress, parseAccountId } from '../../../../src/core/model/account.ts';

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

describe('dashboard pages', () => {
  const permissions =
    '%5B%7B%22key%22%3A%22notifications%22%2C%22type%22%3A%22edit%22%7D%2C%7B%22key%22%3A%22account_settings%22%2C%22type%22%3A%22read%22%7D%5D';
  for (const [title, address, expected] of [
    [
      'a token of the user',
      newTokenAddress('user', 'VS Code: x'),
      `https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=${permissions}&accountId=*&zoneId=all&name=VS%20Code%3A%20x`,
    ],
    [
      'a token of an account that the dashboard asks for',
      newTokenAddress('account', 'x'),
      `https://dash.cloudflare.com/?to=/:account/api-tokens&permissionGroupKeys=${permissions}&name=x`,
    ],
    [
      'a token of a given account',
      newTokenAddress('account', 'x', ID),
      `https://dash.cloudflare.com/?to=/${ID}/api-tokens&permissionGroupKeys=${permissions}&name=x`,
    ],
  ] as const) {
    it(`has a page for ${title}`, () => {
      assert.equal(address, expected);
    });
  }
});
