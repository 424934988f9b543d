import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { SETTLING_TIME } from '../../../../src/core/api/deadlines.ts';
import { isCanceled } from '../../../../src/core/async/canceled.ts';
import {
  createDestination,
  type UnansweredCreations,
  UncertainCreationError,
} from '../../../../src/core/destinations/create-destination.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { failAsRemoved, failWith, isUnsettled, noteSignals } from '../api/fake-api.ts';
import { makeCanceledPause } from '../async/canceled-pause.ts';
import { ACCOUNT, createLate, makeVirtualHost, useFakeAccount } from './fake-account.ts';

describe('create destination, against the fake', () => {
  const account = useFakeAccount();
  let old: Destination;
  let unanswered: UnansweredCreations;
  beforeEach(async () => {
    old = await account.put('Ops', account.hook('old'));
    unanswered = new Map();
  });

  const draft = () => ({ name: 'New', url: account.hook('new') });
  const create = async (api: Api = account.api(), given = draft(), host = makeVirtualHost()) =>
    createDestination({ api, host, accountId: ACCOUNT, draft: given, unanswered });

  it('makes one and returns its id', async () => {
    const id = await create();
    assert.equal((await account.api().getDestination(ACCOUNT, id)).name, 'New');
  });

  it('finds the one it made where the answer was lost, and never sends twice', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, after: true, times: 1 });
    const id = await create();
    assert.equal((await account.api().getDestination(ACCOUNT, id)).name, 'New');
    assert.deepEqual([account.names(), account.posts()], [['Ops', 'New'], 1]);
  });

  for (const [what, fault] of [
    ['a 500', { kind: 'status', status: 500 }],
    ['a page of a proxy', { kind: 'html' }],
    ['half an answer', { kind: 'truncated' }],
  ] as const) {
    it(`adopts what it made where the answer was ${what}, without sending again`, async () => {
      account.fail({ method: 'POST', fault, after: true, times: 1 });
      const id = await create();
      assert.equal(account.stored(id)?.name, 'New');
      assert.equal(account.posts(), 1);
    });

    // The fake truncates a successful answer, so the destination was created.
    if (fault.kind === 'truncated') {
      continue;
    }
    it(`sends once and looks where nothing was made and the answer was ${what}`, async () => {
      account.fail({ method: 'POST', fault, times: 1 });
      const host = makeVirtualHost();
      await assert.rejects(create(account.api(), draft(), host), { name: 'ApiError' });
      assert.deepEqual([account.posts(), account.names(), host.slept], [1, ['Ops'], [1000, 2000, 3000]]);
    });
  }

  it('sends once and looks for what it made where the creation was canceled', async () => {
    const canceled: Api = {
      ...account.api(),
      async createDestination(...given) {
        await account.api().createDestination(...given);
        throw new DOMException('canceled', 'AbortError');
      },
    };
    const id = await create(canceled);
    assert.deepEqual([account.stored(id)?.name, account.posts()], ['New', 1]);
  });

  it('looks on for what it made although it is canceled while the creation is sent', async () => {
    const cancel = new AbortController();
    const late = createLate(account.api(), 3);
    const api: Api = {
      ...late,
      async createDestination(...given) {
        cancel.abort();
        return late.createDestination(...given);
      },
      async listDestinations(accountId, signal) {
        signal?.throwIfAborted();
        return late.listDestinations(accountId);
      },
    };
    const { signal } = cancel;
    const host = makeVirtualHost();
    const id = await createDestination({ api, host, accountId: ACCOUNT, draft: draft(), unanswered, signal });
    assert.deepEqual([account.stored(id)?.name, account.posts()], ['New', 1]);
  });

  it('does not take one that was there before for the one it made', async () => {
    await account.put('New', account.hook('new'));
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(create(), isUnsettled);
  });

  it('does not adopt one with the same name and another URL', async () => {
    const api: Api = {
      ...account.api(),
      async createDestination() {
        await account.put('New', account.hook('elsewhere'));
        return failWith({ kind: 'timeout' })();
      },
    };
    await assert.rejects(create(api), { kind: 'timeout' });
  });

  it('does not adopt one with the same URL and another name', async () => {
    const api: Api = {
      ...account.api(),
      async createDestination() {
        await account.put('Another', account.hook('new'));
        return failWith({ kind: 'timeout' })();
      },
    };
    await assert.rejects(create(api), { kind: 'timeout' });
  });

  it('asks the user where Cloudflare cuts the URL, and names host and ID', async () => {
    controls.changeSettings(account.world(), { urlSecrets: 'cut' });
    let made = '';
    const url = 'https://hooks.slack.com/services/T/B/secret';
    const api: Api = {
      ...account.api(),
      async createDestination() {
        made = (await account.put('New', url, 'slack')).id;
        return failWith({ kind: 'timeout' })();
      },
    };
    const error: unknown = await create(api, { name: 'New', url }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof UncertainCreationError);
    assert.deepEqual(error.candidates, [{ id: made, host: 'hooks.slack.com' }]);
    // The next Save asks again and sends nothing until the user has deleted the destination.
    await assert.rejects(create(account.api(), { name: 'New', url }), { name: 'UncertainCreationError' });
    assert.equal(account.posts(), 0);
    account.remove(made);
    await create(account.api(), { name: 'New', url });
    assert.deepEqual([account.posts(), unanswered.size], [1, 0]);
  });

  it('asks the user where two destinations match', async () => {
    const api: Api = {
      ...account.api(),
      async createDestination() {
        await account.put('New', account.hook('new'));
        await account.put('New', account.hook('new'));
        return failWith({ kind: 'timeout' })();
      },
    };
    await assert.rejects(create(api), { name: 'UncertainCreationError' });
  });

  it('finds a creation that becomes visible late before the next Save sends a second one', async () => {
    // Four list calls of the first attempt find nothing; the list call of the second attempt finds it.
    const late = createLate(account.api(), 5);
    await assert.rejects(create(late), { kind: 'timeout' });
    assert.deepEqual([account.names(), unanswered.size], [['Ops'], 1]);
    const id = await create(late);
    assert.deepEqual([account.stored(id)?.name, account.names(), account.posts()], ['New', ['Ops', 'New'], 1]);
    assert.equal(unanswered.size, 0);
  });

  it('does not take one that was created with another secret for the one of the next Save, and creates no second one', async () => {
    const late = createLate(account.api(), 6);
    const withSecret = (secret: string) => ({ ...draft(), secret });
    await assert.rejects(create(late, withSecret('of team A')), { kind: 'timeout' });
    const other = await create(late, withSecret('of team B')).catch((error: unknown) => error);
    assert.ok(other instanceof UncertainCreationError);
    assert.equal(await create(late, withSecret('of team A')), other.candidates[0]?.id);
    assert.equal(account.posts(), 1);
  });

  it('waits at the next Save until an earlier creation can no longer take effect, and finds it', async () => {
    // Two looks of the second attempt find nothing either.
    const late = createLate(account.api(), 7);
    const host = makeVirtualHost();
    await assert.rejects(create(late, draft(), host), { kind: 'timeout' });
    const id = await create(late, draft(), host);
    assert.deepEqual([account.stored(id)?.name, account.names(), account.posts()], ['New', ['Ops', 'New'], 1]);
  });

  it('can be canceled while the next Save waits for it, and still looks at the Save after that', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(create(), { kind: 'network' });
    const { signal, sleep, paused } = makeCanceledPause();
    const host = { ...makeVirtualHost(), sleep };
    const options = { api: account.api(), host, accountId: ACCOUNT, draft: draft(), unanswered };
    await assert.rejects(createDestination({ ...options, signal }), /canceled/);
    assert.deepEqual([paused, account.posts(), unanswered.size], [[], 1, 1]);
  });

  it('still looks at the next Save where the destinations could not be listed at this one', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(create(), { kind: 'network' });
    account.fail({ method: 'GET', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(create(), { kind: 'forbidden' });
    assert.deepEqual([account.posts(), unanswered.size], [1, 1]);
  });

  it('sends again at the next Save where nothing was made', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    const host = makeVirtualHost();
    await assert.rejects(create(account.api(), draft(), host), { kind: 'network' });
    const sentAt = [...unanswered.values()][0]?.sentAt ?? 0;
    await create(account.api(), draft(), host);
    assert.deepEqual([account.names(), account.posts()], [['Ops', 'New'], 2]);
    assert.ok(host.now() - sentAt >= SETTLING_TIME);
    assert.equal(unanswered.size, 0);
  });

  describe('for an account whose client changes during the operation', () => {
    /** Creates with the client that `present` returns at each read. */
    const createWith = async (present: () => Api, host = makeVirtualHost()): Promise<string> =>
      createDestination({
        get api() {
          return present();
        },
        host,
        accountId: ACCOUNT,
        draft: draft(),
        unanswered,
      });

    it('sends nothing if the account is removed during the wait for an earlier creation', async () => {
      const host = makeVirtualHost();
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(create(account.api(), draft(), host), { kind: 'network' });
      const from = host.now();
      const present = () => (host.now() > from ? failAsRemoved() : account.api());
      await assert.rejects(createWith(present, host), { name: 'AccountRemovedError' });
      assert.deepEqual([account.posts(), account.names()], [1, ['Ops']]);
    });

    it('sends with the token that replaced the one of before that wait', async () => {
      const host = makeVirtualHost();
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(create(account.api(), draft(), host), { kind: 'network' });
      const from = host.now();
      const rolled: Api = { ...account.api(), createDestination: failWith({ kind: 'auth' }) };
      await createWith(() => (host.now() > from ? account.api() : rolled), host);
      assert.deepEqual([account.posts(), account.names()], [2, ['Ops', 'New']]);
    });

    it('expects no creation where the account is removed right before it is sent', async () => {
      let isRemoved = false;
      const api: Api = {
        ...account.api(),
        async listDestinations(...given) {
          isRemoved = true;
          return account.api().listDestinations(...given);
        },
      };
      const present = () => (isRemoved ? failAsRemoved() : api);
      await assert.rejects(createWith(present), { name: 'AccountRemovedError' });
      assert.deepEqual([account.posts(), unanswered.size], [0, 0]);
    });

    it('says that a creation may still take effect where the account is removed before its answer is lost', async () => {
      let isRemoved = false;
      const api: Api = {
        ...account.api(),
        async createDestination() {
          isRemoved = true;
          return failWith({ kind: 'timeout' })();
        },
      };
      await assert.rejects(
        createWith(() => (isRemoved ? failAsRemoved() : api)),
        isUnsettled,
      );
      assert.equal(account.requests('GET').filter(({ path }) => path.endsWith('/webhooks')).length, 1);
    });
  });

  for (const what of ['name', 'URL', 'account'] as const) {
    it(`sends at once where the creation without an answer was of another ${what}`, async () => {
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(create(), { kind: 'network' });
      const other = {
        name: what === 'name' ? 'Other' : 'New',
        url: account.hook(what === 'URL' ? 'other' : 'new'),
      };
      const accountId = what === 'account' ? 'b'.repeat(32) : ACCOUNT;
      controls.putAccount(account.world(), { id: accountId, name: 'Acme' });
      const host = makeVirtualHost();
      await createDestination({ api: account.api(), host, accountId, draft: other, unanswered });
      assert.deepEqual([account.posts(), host.slept, unanswered.size], [2, [], 1]);
    });
  }

  it('remembers nothing of a creation that Cloudflare refused', async () => {
    account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    await assert.rejects(create(), { kind: 'rejected' });
    assert.equal(unanswered.size, 0);
  });

  it('remembers neither URL nor secret of the lost creation in its values', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(create(account.api(), { ...draft(), ...{ secret: 'good' } }));
    assert.doesNotMatch(JSON.stringify([...unanswered.values()]), /generic\/new|good/);
  });

  it('passes a refusal on in Cloudflare’s words', async () => {
    controls.addReceiverRule(account.world(), { type: 'generic', answer: 'not_found' });
    await assert.rejects(create(), (error: { details: { reason: string } }) =>
      error.details.reason.startsWith('Webhook test failed'),
    );
    assert.deepEqual(account.names(), ['Ops']);
  });

  it('creates nothing where the destinations cannot be listed', async () => {
    account.fail({ method: 'GET', fault: { kind: 'status', status: 403 } });
    await assert.rejects(create(), { kind: 'forbidden' });
    assert.equal(account.posts(), 0);
    assert.ok(old.id);
  });

  it('takes none that it knew before an earlier attempt for what it made, also where a list left it out', async () => {
    const twin = await account.put('New', account.hook('new'));
    const host = makeVirtualHost();
    account.fail({ method: 'POST', fault: { kind: 'reset' } });
    await assert.rejects(create(account.api(), draft(), host), { kind: 'network' });
    let lists = 0;
    const forgetful: Api = {
      ...account.api(),
      async listDestinations(...given) {
        lists += 1;
        const listed = await account.api().listDestinations(...given);
        // The last look before the creation is sent again does not see the twin.
        return isSentAgain() ? listed : listed.filter(({ id }) => id !== twin.id);
      },
    };
    const isSentAgain = (): boolean => account.posts() > 1;
    await assert.rejects(create(forgetful, draft(), host), { kind: 'network' });
    assert.ok(lists > 1 && isSentAgain());
  });

  it('looks for nothing where no connection was made, since nothing was sent', async () => {
    const api: Api = {
      ...account.api(),
      createDestination: failWith({ kind: 'network', isUnsent: true }),
    };
    const host = makeVirtualHost();
    await assert.rejects(create(api, draft(), host), { kind: 'network' });
    assert.deepEqual([unanswered.size, host.slept], [0, []]);
  });

  it('sends nothing where it is canceled while the destinations are listed', async () => {
    const cancel = new AbortController();
    const api: Api = {
      ...account.api(),
      async listDestinations(accountId) {
        cancel.abort(new Error('a reason of its own'));
        return account.api().listDestinations(accountId);
      },
    };
    const { signal } = cancel;
    await assert.rejects(
      createDestination({ api, host: makeVirtualHost(), accountId: ACCOUNT, draft: draft(), unanswered, signal }),
      isCanceled,
    );
    assert.deepEqual([account.posts(), unanswered.size], [0, 0]);
  });

  it('hands the signal to no creation: one that was sent is waited for', async () => {
    const { api, handed } = noteSignals(account.api());
    const { signal } = new AbortController();
    await createDestination({ api, host: makeVirtualHost(), accountId: ACCOUNT, draft: draft(), unanswered, signal });
    assert.deepEqual(handed, ['listDestinations']);
  });
});
