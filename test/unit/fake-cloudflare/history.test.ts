import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import { demoPolicyId } from '../../fake-cloudflare/demo-world.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { HistoryEntry } from '../../fake-cloudflare/world.ts';
import { callApi, halden, policiesPath } from './api-caller.ts';

describe('fake Cloudflare: history and alert types', () => {
  let fake: FakeCloudflare;
  beforeEach(async () => {
    fake = await startFakeCloudflare();
  });
  afterEach(() => fake.close());

  const list = (query = '') => callApi<HistoryEntry[]>(fake, 'GET', `/accounts/${halden}/alerting/v3/history${query}`);

  it('returns every entry once across pages, newest first', async () => {
    const total = (await list()).result_info?.['total_count'] ?? 0;
    assert.ok(total > 50);
    const pages = await Promise.all([1, 2, 3, 4, 5, 6].map((page) => list(`?per_page=25&page=${page}`)));
    const all = pages.flatMap(({ result }) => result);
    assert.equal(pages[0]?.result.length, 25);
    assert.equal(new Set(all.map(({ id }) => id)).size, total);
    const sent = all.map((entry) => entry.sent);
    assert.deepEqual(sent, sent.toSorted().toReversed());
  });

  it('applies since and before as exclusive bounds at full precision', async () => {
    const [first, second, third] = (await list()).result;
    const between = await list(`?since=${third?.sent}&before=${first?.sent}`);
    assert.deepEqual(between.result, [second]);
  });

  it('rejects invalid pages and timestamps', async () => {
    for (const query of ['?per_page=4', '?per_page=1001', '?page=0', '?page=x', '?since=yesterday']) {
      assert.equal((await list(query)).status, 400, query);
    }
  });

  it('identifies a webhook by id, name or URL, depending on the setting', async () => {
    const [destination] = controls.destinations(fake.world, { account: halden });
    for (const historyMechanism of ['id', 'name', 'url'] as const) {
      controls.changeSettings(fake.world, { historyMechanism });
      const mechanisms = (await list('?per_page=1000')).result.map(({ mechanism }) => mechanism);
      assert.ok(mechanisms.includes(destination?.[historyMechanism] ?? '-'));
    }
  });

  it('contains a policy test after the test was sent', async () => {
    const id = demoPolicyId('Certificates');
    await callApi(fake, 'POST', `${policiesPath(halden, id)}/test`);
    const { result } = await list('?per_page=5');
    assert.deepEqual(
      result.slice(0, 3).map(({ policy_id, mechanism_type }) => [policy_id, mechanism_type]),
      [
        [id, 'email'],
        [id, 'webhook'],
        [id, 'webhook'],
      ],
    );
  });

  it('returns a display name for every alert type that the policies use', async () => {
    const { result } = await callApi<Record<string, { type: string; display_name: string }[]>>(
      fake,
      'GET',
      `/accounts/${halden}/alerting/v3/available_alerts`,
    );
    const known = new Map(
      Object.values(result).flatMap((list_) => list_.map((item) => [item.type, item.display_name])),
    );
    const used = fake.world.accounts.flatMap(({ policies }) => policies.map(({ alert_type }) => alert_type));
    assert.deepEqual(
      used.filter((type) => !known.get(type)),
      [],
    );
  });
});
