import assert from 'node:assert/strict';
import type { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import type { RememberedSecret } from '../../../../src/core/destinations/remembered-secret.ts';
import {
  type UpdateOptions,
  updateDestination,
  type UpdateProgress,
} from '../../../../src/core/destinations/update-destination.ts';
import type { Destination, Draft } from '../../../../src/core/model/destination.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { failWith, isUnsettled } from '../api/fake-api.ts';
import { ACCOUNT, makeVirtualHost, useFakeAccount } from './fake-account.ts';

const WHOLE = 'https://hooks.slack.com/services/T/B/one';
const CUT = 'https://hooks.slack.com/services/T/B';

describe('update destination, against the fake', () => {
  const account = useFakeAccount();
  let old: Destination;
  let accepted: number;
  let told: UpdateProgress[];
  let unanswered: UpdateOptions['unanswered'];
  beforeEach(async () => {
    old = await account.put('Ops', account.hook('old'));
    accepted = 0;
    told = [];
    unanswered = new Map();
  });

  const update = async (
    draft: Draft,
    {
      seen = old,
      remembered,
      api = account.api(),
      host = makeVirtualHost(),
    }: { seen?: Destination; remembered?: RememberedSecret; api?: Api; host?: UpdateOptions['host'] } = {},
  ) =>
    updateDestination({
      api,
      host,
      unanswered,
      accountId: ACCOUNT,
      seen,
      draft,
      remembered,
      async onProgress(progress) {
        told.push(progress);
        accepted += Number(progress === 'accepted');
      },
    });
  const sentFields = () => [...(account.requests('PUT').at(-1)?.fields ?? [])].toSorted();
  const puts = () => account.requests('PUT').length;

  it('renames with the URL as it is and the remembered secret', async () => {
    const outcome = await update({ name: 'Now', url: old.url }, { remembered: { secret: 'remembered' } });
    assert.deepEqual([outcome.applied, outcome.ignored, outcome.unverifiable], [['name'], [], []]);
    assert.deepEqual(sentFields(), ['name', 'secret', 'url']);
    assert.deepEqual([outcome.isVerified, outcome.destination.name, accepted], [true, 'Now', 1]);
  });

  it('omits the secret where none is remembered', async () => {
    await update({ name: 'Now', url: old.url });
    assert.deepEqual(sentFields(), ['name', 'url']);
  });

  it('sends a typed secret and not the remembered one', async () => {
    controls.changeSettings(account.world(), { putMode: 'as-documented' });
    await update({ name: 'Ops', url: old.url, secret: 'typed' }, { remembered: { secret: 'remembered' } });
    assert.equal(account.stored(old.id)?.secret, 'typed');
  });

  for (const [putMode, applied, ignored] of [
    ['rename-only', ['name'], ['url']],
    ['as-documented', ['name', 'url'], []],
  ] as const) {
    it(`tells what was applied where Cloudflare works ${putMode}`, async () => {
      controls.changeSettings(account.world(), { putMode });
      const outcome = await update({ name: 'Now', url: account.hook('new'), secret: 'changed' });
      assert.deepEqual([outcome.applied, outcome.ignored, outcome.unverifiable], [applied, ignored, ['secret']]);
    });
  }

  it('cannot tell where only the part of a URL differs that Cloudflare takes out', async () => {
    controls.changeSettings(account.world(), { putMode: 'as-documented', urlSecrets: 'cut' });
    const chat = await account.put('Chat', WHOLE, 'slack');
    assert.equal(chat.url, CUT);
    const outcome = await update({ name: 'Chat', url: 'https://hooks.slack.com/services/T/B/two' }, { seen: chat });
    assert.deepEqual([outcome.applied, outcome.ignored, outcome.unverifiable], [[], [], ['url']]);
  });

  it('counts a query parameter that is read back unchanged as ignored', async () => {
    controls.changeSettings(account.world(), { putMode: 'rename-only' });
    const seen = await account.put('Query', `${account.hook('query')}?a=1`);
    const outcome = await update({ name: 'Query', url: `${account.hook('query')}?a=2` }, { seen });
    assert.deepEqual([outcome.applied, outcome.ignored, outcome.unverifiable], [[], ['url'], []]);
  });

  it('counts an added query parameter that is read back without it as ignored', async () => {
    controls.changeSettings(account.world(), { putMode: 'rename-only' });
    const outcome = await update({ name: 'Ops', url: `${old.url}?a=1` });
    assert.deepEqual([outcome.ignored, outcome.unverifiable], [['url'], []]);
  });

  it('compares names as the server stores them, trimmed', async () => {
    const outcome = await update({ name: '  Now ', url: old.url });
    assert.deepEqual([outcome.applied, account.stored(old.id)?.name], [['name'], 'Now']);
    const again = await update({ name: ' Now', url: old.url }, { seen: outcome.destination });
    assert.deepEqual([again.applied, again.ignored], [[], []]);
  });

  it('sends the remembered whole URL at a rename where Cloudflare returns a cut one', async () => {
    controls.changeSettings(account.world(), { putMode: 'as-documented', urlSecrets: 'cut' });
    const chat = await account.put('Chat', WHOLE, 'slack');
    const bodies: Draft[] = [];
    const api: Api = {
      ...account.api(),
      async updateDestination(id, destinationId, body) {
        bodies.push(body);
        await account.api().updateDestination(id, destinationId, body);
      },
    };
    await update({ name: 'Now', url: CUT }, { seen: chat, remembered: { url: WHOLE }, api });
    assert.deepEqual(bodies, [{ name: 'Now', url: WHOLE }]);
    assert.equal(account.stored(chat.id)?.url, WHOLE);
  });

  describe('where Cloudflare tests the URL that PUT gives it, and returns cut URLs', () => {
    let chat: Destination;
    const tested = () => account.world().received.at(-1)?.path;
    beforeEach(async () => {
      controls.changeSettings(account.world(), { putMode: 'tests-url', urlSecrets: 'cut' });
      chat = await account.put('Chat', WHOLE, 'slack');
      assert.equal(chat.url, CUT);
    });

    for (const [title, remembered] of [
      ['whole URL', { url: WHOLE }],
      ['secret beside the cut URL', { secret: 'one' }],
      ['whole URL and a secret', { url: WHOLE, secret: 'one' }],
    ] as const) {
      it(`renames with the remembered ${title}`, async () => {
        const outcome = await update({ name: 'Now', url: CUT }, { seen: chat, remembered });
        assert.deepEqual([outcome.applied, outcome.ignored, accepted], [['name'], [], 1]);
        assert.deepEqual([account.stored(chat.id)?.name, tested()], ['Now', '/services/T/B/one']);
      });
    }

    it('renames where the whole URL is entered together with the name', async () => {
      const outcome = await update({ name: 'Now', url: WHOLE }, { seen: chat });
      assert.deepEqual([outcome.applied, outcome.unverifiable], [['name'], ['url']]);
      assert.equal(account.stored(chat.id)?.url, WHOLE);
    });

    for (const [title, remembered] of [
      ['nothing is remembered', undefined],
      ['the remembered URL is of another webhook', { url: 'https://hooks.slack.com/services/OTHER/B/one' }],
    ] as const) {
      it(`says that the tested URL was cut where ${title}, and changes nothing`, async () => {
        await assert.rejects(
          update({ name: 'Now', url: CUT }, { seen: chat, ...(remembered ? { remembered } : {}) }),
          ({ details }: ApiError) => {
            assert.deepEqual([details.kind, details.status, details.isUrlCut], ['rejected', 422, true]);
            assert.match(details.reason ?? '', /^Webhook test failed/);
            return true;
          },
        );
        assert.deepEqual([account.stored(chat.id)?.name, tested(), accepted], ['Chat', '/services/T/B', 0]);
      });
    }

    it('does not blame a cut URL where the receiver refuses the whole one, or where the type has no cut URLs', async () => {
      controls.addReceiverRule(account.world(), { type: 'slack', answer: 'channel_is_archived' });
      controls.addReceiverRule(account.world(), { type: 'generic', answer: 'not_found' });
      for (const [seen, url, remembered] of [
        [chat, CUT, { url: WHOLE }],
        [old, old.url, undefined],
      ] as const) {
        await assert.rejects(
          update({ name: 'Now', url }, { seen, ...(remembered ? { remembered } : {}) }),
          ({ details }: ApiError) => {
            assert.deepEqual([details.status, details.isUrlCut], [422, undefined]);
            return true;
          },
        );
      }
    });
  });

  it('does not send a remembered URL of another webhook at a rename', async () => {
    controls.changeSettings(account.world(), { urlSecrets: 'cut' });
    const chat = await account.put('Chat', WHOLE, 'slack');
    const remembered = { url: 'https://hooks.slack.com/services/OTHER/B/one' };
    const bodies: Draft[] = [];
    const api: Api = { ...account.api(), updateDestination: async (_a, _b, body) => void bodies.push(body) };
    await update({ name: 'Now', url: CUT }, { seen: chat, remembered, api });
    assert.equal(bodies[0]?.url, CUT);
  });

  it('keeps the URL that a colleague changed meanwhile when only the name is edited', async () => {
    controls.changeSettings(account.world(), { putMode: 'as-documented' });
    controls.putDestination(account.world(), { account: ACCOUNT, id: old.id, url: account.hook('moved') });
    await update({ name: 'Now', url: old.url });
    assert.deepEqual([account.stored(old.id)?.name, account.stored(old.id)?.url], ['Now', account.hook('moved')]);
  });

  it('keeps the name that a colleague changed meanwhile when only the URL is edited', async () => {
    controls.changeSettings(account.world(), { putMode: 'as-documented' });
    controls.putDestination(account.world(), { account: ACCOUNT, id: old.id, name: 'Theirs' });
    await update({ name: 'Ops', url: account.hook('new') });
    assert.deepEqual([account.stored(old.id)?.name, account.stored(old.id)?.url], ['Theirs', account.hook('new')]);
  });

  for (const [field, theirs, draft] of [
    ['name', { name: 'Theirs' }, { name: 'Mine' }],
    ['url', { url: 'https://example.com/theirs' }, { url: 'https://example.com/mine' }],
    ['url', { url: 'https://example.com/theirs' }, { secret: 'for the old URL' }],
  ] as const) {
    it(`refuses to overwrite a ${field} that a colleague changed meanwhile, where ${Object.keys(draft).join()} is edited`, async () => {
      controls.putDestination(account.world(), { account: ACCOUNT, id: old.id, ...theirs });
      await assert.rejects(update({ name: 'Ops', url: old.url, ...draft }), {
        name: 'DestinationConflictError',
        fields: [field],
      });
      assert.deepEqual([puts(), accepted], [0, 0]);
    });
  }

  it('has no conflict where a colleague changed the name to the same one', async () => {
    controls.putDestination(account.world(), { account: ACCOUNT, id: old.id, name: 'Now' });
    const outcome = await update({ name: 'Now', url: old.url });
    assert.deepEqual(outcome.applied, ['name']);
  });

  it('settles a lost answer by reading, and sends once', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, after: true, times: 1 });
    const outcome = await update({ name: 'Now', url: old.url });
    assert.deepEqual([outcome.applied, outcome.isVerified, puts(), accepted], [['name'], true, 1, 1]);
  });

  it('throws the loss where nothing was changed, and sends once', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(update({ name: 'Now', url: old.url }), isUnsettled);
    assert.deepEqual([puts(), accepted, account.names()], [1, 0, ['Ops']]);
  });

  it('throws the loss where it was about the secret only, which no look can settle', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, after: true, times: 1 });
    await assert.rejects(update({ name: 'Ops', url: old.url, secret: 'new' }), isUnsettled);
    assert.deepEqual([puts(), told], [1, ['sending']]);
  });

  it('tells before the update is sent that it may take effect, and after a refusal that it has not', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const real = account.api();
    const toldWhenSent: string[][] = [];
    const api: Api = {
      ...real,
      async updateDestination(...given) {
        toldWhenSent.push([...told]);
        return real.updateDestination(...given);
      },
    };
    await assert.rejects(update({ name: 'Ops', url: old.url, secret: 'new' }, { api }), { kind: 'forbidden' });
    assert.deepEqual([toldWhenSent, told], [[['sending']], ['sending', 'refused']]);
  });

  it('tells that the update was accepted before it reads back, and claims nothing where it cannot be read', async () => {
    const real = account.api();
    const get: typeof real.getDestination = async (...args) => real.getDestination(...args);
    let reads = 0;
    const api: Api = {
      ...account.api(),
      async getDestination(...given) {
        reads += 1;
        return reads === 1 ? get(...given) : failWith({ kind: 'network' })();
      },
    };
    const outcome = await update({ name: 'Now', url: old.url, secret: 'new' }, { api });
    assert.deepEqual(
      [outcome.applied, outcome.ignored, outcome.unverifiable, outcome.isVerified, accepted],
      [[], [], ['name', 'secret'], false, 1],
    );
    assert.deepEqual(outcome.destination, { ...old, name: 'Now' });
  });

  it('does not call a refused update accepted', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 422 }, times: 1 });
    await assert.rejects(update({ name: 'Now', url: old.url }), { kind: 'rejected' });
    assert.deepEqual([puts(), accepted], [1, 0]);
  });

  describe('after an update of this window that was not answered', () => {
    /** The first update takes effect during the nth read after it. */
    function makeLate(reads: number): Api {
      let late: (() => Promise<void>) | undefined;
      let count = 0;
      const real = account.api();
      return {
        ...real,
        async updateDestination(...given) {
          if (count > 0) {
            return real.updateDestination(...given);
          }
          count = 1;
          late = async () => real.updateDestination(...given);
          return failWith({ kind: 'timeout' })();
        },
        async getDestination(...given) {
          count += count > 0 ? 1 : 0;
          if (count > reads) {
            await late?.();
            late = undefined;
          }
          return real.getDestination(...given);
        },
      };
    }

    it('waits until that one has taken effect, which would undo this one', async () => {
      controls.changeSettings(account.world(), { putMode: 'as-documented' });
      const [host, api] = [makeVirtualHost(), makeLate(8)];
      await assert.rejects(update({ name: 'First', url: old.url }, { api, host }), { kind: 'timeout' });
      const outcome = await update({ name: 'Ops', url: account.hook('second') }, { api, host });
      assert.deepEqual(outcome.applied, ['url']);
      assert.deepEqual([account.stored(old.id)?.name, account.stored(old.id)?.url], ['First', account.hook('second')]);
      assert.equal(unanswered.size, 0);
    });

    it('is not sent with the client of before that wait', async () => {
      const host = makeVirtualHost();
      const lost: Api = { ...account.api(), updateDestination: failWith({ kind: 'timeout' }) };
      await assert.rejects(update({ name: 'First', url: old.url }, { api: lost, host }), { kind: 'timeout' });
      const sentAt = host.now();
      const removed = updateDestination({
        get api() {
          return host.now() > sentAt ? assert.fail('removed') : account.api();
        },
        host,
        unanswered,
        accountId: ACCOUNT,
        seen: old,
        draft: { name: 'Second', url: old.url },
        remembered: undefined,
      });
      await assert.rejects(removed, /removed/);
      assert.equal(puts(), 0);
    });

    it('waits until that one can no longer take effect, where nothing shows it, as for a secret', async () => {
      const host = makeVirtualHost();
      const sentAt = host.now();
      const api: Api = { ...account.api(), updateDestination: failWith({ kind: 'timeout' }) };
      await assert.rejects(update({ name: 'Ops', url: old.url, secret: 'one' }, { api, host }), { kind: 'timeout' });
      await update({ name: 'Now', url: old.url }, { host });
      assert.ok(host.now() - sentAt >= 30_000);
      assert.equal(account.stored(old.id)?.name, 'Now');
    });
  });
});
