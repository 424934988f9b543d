import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import type { Fault } from '../../fake-cloudflare/faults.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { Destination, Policy, Settings } from '../../fake-cloudflare/world.ts';
import { callApi, halden, policiesPath, webhooksPath } from './api-caller.ts';

const BARE = '1d2dc92bf84e4affbd9c205d94b0b4e8';
const DASHED = '1d2dc92b-f84e-4aff-bd9c-205d94b0b4e8';
const POLICY = '2'.repeat(32);

describe('fake Cloudflare: behavior seen in the field', () => {
  let fake: FakeCloudflare;
  let base: string;
  before(async () => {
    fake = await startFakeCloudflare();
    base = fake.receiversUrl;
  });
  beforeEach(() => controls.reset(fake.world, { seed: 'demo' }));
  after(() => fake.close());

  const set = (changes: Partial<Settings>): Settings => controls.changeSettings(fake.world, changes);
  const create = (body: unknown) => callApi<{ id: string }>(fake, 'POST', webhooksPath(halden), { body });
  const put = (id: string, body: unknown) => callApi(fake, 'PUT', webhooksPath(halden, id), { body });
  const get = (id: string) => callApi<Destination>(fake, 'GET', webhooksPath(halden, id));

  /** The body of a PUT to a destination with the secret `good`, then the status and the tested path. */
  const puts: readonly (readonly [title: string, url: string, secret: string | undefined, expected: string])[] = [
    ['the whole URL', '/slack/services/T/B/good', undefined, '200 /services/T/B/good'],
    ['a cut URL with its secret', '/slack/services/T/B', 'good', '200 /services/T/B/good'],
    ['a cut URL without its secret', '/slack/services/T/B', undefined, '422 /services/T/B'],
    ['a secret that the receiver rejects', '/slack/services/T/B', 'wrong', '422 /services/T/B/wrong'],
  ];
  for (const [title, path, secret, expected] of puts) {
    it(`sends a test for a PUT with ${title} if PUT tests`, async () => {
      set({ putMode: 'tests-url' });
      controls.putDestination(fake.world, {
        account: halden,
        id: BARE,
        name: 'Ops',
        url: `${base}/slack/services/T/B/good`,
      });
      const { status } = await put(BARE, { name: 'Renamed', url: base + path, ...(secret ? { secret } : {}) });
      assert.equal(`${status} ${fake.world.received.at(-1)?.path}`, expected);
      assert.equal((await get(BARE)).result.name, status === 200 ? 'Renamed' : 'Ops');
    });
  }

  /** URL and secret of a new destination, and the path and query of the test. */
  const joins: readonly (readonly [path: string, secret: string, expected: string])[] = [
    ['/slack/services/T/B', 'good', '/services/T/B/good'],
    ['/discord/api/webhooks/1', 'good', '/api/webhooks/1/good'],
    ['/gchat/v1/spaces/A/messages', 'key=k&token=t', '/v1/spaces/A/messages?key=k&token=t'],
    ['/feishu/open-apis/bot/v2/hook', 'good', '/open-apis/bot/v2/hook/good'],
    ['/slack/services/T/B/good', 'other', '/services/T/B/good'],
  ];
  for (const [path, secret, expected] of joins) {
    it(`tests ${path} with the secret beside it`, async () => {
      const { status, result } = await create({ name: 'Ops', url: base + path, secret });
      const { path: called, query } = fake.world.received.at(-1) ?? assert.fail();
      assert.equal(
        called + (Object.keys(query).length > 0 ? `?${new URLSearchParams(query).toString()}` : ''),
        expected,
      );
      assert.equal(status, 201);
      assert.equal((await get(result.id)).result.url, base + path.replace('/B/good', '/B'));
    });
  }

  for (const [names, expected] of [
    ['as-sent', '  Ops '],
    ['trimmed', 'Ops'],
  ] as const) {
    it(`saves names ${names}`, async () => {
      set({ names });
      const { result } = await create({ name: '  Ops ', url: `${base}/generic/hook` });
      assert.equal((await get(result.id)).result.name, expected);
    });
  }

  for (const [ids, inList, inPolicy] of [
    ['stored', BARE, BARE],
    ['dashed', DASHED, DASHED],
    ['mixed', DASHED, BARE],
  ] as const) {
    it(`shows ids ${ids}, and accepts both forms`, async () => {
      controls.putDestination(fake.world, { account: halden, id: BARE, name: 'Ops' });
      controls.putPolicy(fake.world, { account: halden, id: POLICY, mechanisms: { webhooks: [{ id: BARE }] } });
      set({ ids });
      const { result } = await callApi<Destination[]>(fake, 'GET', webhooksPath(halden));
      assert.equal(result.find(({ name }) => name === 'Ops')?.id, inList);
      const policy = (await callApi<Policy>(fake, 'GET', policiesPath(halden, POLICY))).result;
      assert.deepEqual(policy.mechanisms.webhooks, [{ id: inPolicy }]);
      for (const id of [BARE, DASHED]) {
        assert.equal((await get(id)).result.id, inList);
        assert.equal((await put(id, { name: 'Ops', url: `${base}/generic/hook` })).status, 200);
      }
      await callApi(fake, 'POST', `${policiesPath(halden, POLICY)}/test`);
      assert.equal(fake.world.received.length, 1);
      assert.equal((await callApi(fake, 'DELETE', webhooksPath(halden, DASHED))).status, 200);
      assert.equal((await get(BARE)).status, 404);
    });
  }

  const faults: readonly (readonly [fault: Fault, status: number, text: RegExp])[] = [
    [{ kind: 'denied', cause: 'permission' }, 403, /"code":9109,"message":"Unauthorized to access/],
    [{ kind: 'denied', cause: 'location' }, 403, /"code":9109,"message":"Cannot use the access token from location: /],
    [{ kind: 'denied', cause: 'token' }, 403, /"code":9109,"message":"Invalid access token"/],
    [{ kind: 'html', status: 403, page: 'blocked' }, 403, /^<!DOCTYPE html>.*you have been blocked/],
    [{ kind: 'html' }, 200, /^<!DOCTYPE html>.*Sign in/],
  ];
  for (const [fault, status, text] of faults) {
    it(`answers ${JSON.stringify(fault)}`, async () => {
      controls.addFault(fake.world, { fault });
      const response = await fetch(fake.baseUrl + webhooksPath(halden), {
        headers: { authorization: `Bearer ${fake.world.tokens[0]?.value}` },
      });
      assert.equal(response.status, status);
      assert.match(await response.text(), text);
    });
  }
});
