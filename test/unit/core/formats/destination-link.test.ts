import assert from 'node:assert/strict';
import { formatLink, parseLink } from '../../../../src/core/formats/destination-link.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const DESTINATION = 'fedcba98-7654-3210-fedc-ba9876543210';

describe('link to a destination', () => {
  it('is parsed as it was formatted, with and without dashes in the IDs', () => {
    for (const link of [
      { accountId: ACCOUNT, destinationId: DESTINATION },
      { accountId: ACCOUNT, destinationId: DESTINATION.replaceAll('-', '') },
    ]) {
      const [path = '', query = ''] = formatLink(link).split('?');
      assert.deepEqual(parseLink(path, query), link);
    }
  });

  it('is not valid with another path, another ID, or several IDs, and ignores anything else', () => {
    const good = `account=${ACCOUNT}&destination=${DESTINATION}`;
    assert.ok(parseLink('/open', `${good}&command=workbench.action.quit&__proto__=x`));
    for (const [path, query] of [
      ['/', good],
      ['/open/', good],
      ['/delete', good],
      ['/open', ''],
      ['/open', `account=${ACCOUNT}`],
      ['/open', `destination=${DESTINATION}`],
      ['/open', `${good}&account=${ACCOUNT}`],
      ['/open', `${good}&destination=x`],
      ['/open', `account=${ACCOUNT}&destination=../../x`],
      ['/open', `account=${ACCOUNT}&destination=%24%28rm%29`],
      ['/open', `account=https://dash.cloudflare.com/${ACCOUNT}&destination=${DESTINATION}`],
      ['/open', `account=${ACCOUNT}%0a&destination=${DESTINATION}`],
      ['/open', `account=${'0'.repeat(10_000)}&destination=${DESTINATION}`],
      ['/open', `ACCOUNT=${ACCOUNT}&DESTINATION=${DESTINATION}`],
    ] as const) {
      assert.equal(parseLink(path, query), undefined, `${path}?${query.slice(0, 80)}`);
    }
  });
});
