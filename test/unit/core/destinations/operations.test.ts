import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { createDestination } from '../../../../src/core/destinations/create-destination.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import {
  continueReplacement,
  parseReplaceState,
  type ReplaceState,
  startReplacement,
  undoReplacement,
} from '../../../../src/core/replacement/replace-destination.ts';
import { updateDestination } from '../../../../src/core/destinations/update-destination.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import { connectTo } from '../accounts/fake-connection.ts';

const ACCOUNT = 'a'.repeat(32);

describe('creating, updating and replacing, against the fake', () => {
  let fake: FakeCloudflare;
  let api: Api;
  let old: Destination;
  let hook: (name: string) => string;

  before(async () => {
    fake = await startFakeCloudflare();
    api = connectTo(fake);
    hook = (name) => `${fake.receiversUrl}/generic/${name}`;
  });
  after(() => fake.close());
  beforeEach(async () => {
    controls.reset(fake.world, { seed: 'empty' });
    controls.putToken(fake.world, { value: 'cfut_demo00000000000000000000000000000000000all' });
    controls.putAccount(fake.world, { id: ACCOUNT, name: 'Acme' });
    const { id } = controls.putDestination(fake.world, { account: ACCOUNT, name: 'Ops', url: hook('old') });
    old = await api.getDestination(ACCOUNT, id);
  });

  const names = () => controls.destinations(fake.world, { account: ACCOUNT }).map(({ name }) => name);
  const posts = () => controls.log(fake.world).filter(({ method }) => method === 'POST').length;

  describe('create', () => {
    const draft = () => ({ name: 'New', url: hook('new') });

    it('makes one and returns its id', async () => {
      const id = await createDestination(api, ACCOUNT, draft(), new Set([old.id]));
      assert.equal((await api.getDestination(ACCOUNT, id)).name, 'New');
    });

    it('finds the one it made where the answer was lost, and never sends twice', async () => {
      controls.addFault(fake.world, { method: 'POST', fault: { kind: 'reset' }, after: true, times: 1 });
      const id = await createDestination(api, ACCOUNT, draft(), new Set([old.id]));
      assert.equal((await api.getDestination(ACCOUNT, id)).name, 'New');
      assert.deepEqual([names(), posts()], [['Ops', 'New'], 1]);
    });

    it('does not take one that was there before for the one it made', async () => {
      const { id } = controls.putDestination(fake.world, { account: ACCOUNT, ...draft() });
      controls.addFault(fake.world, { method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(createDestination(api, ACCOUNT, draft(), new Set([old.id, id])), { kind: 'network' });
    });

    it('passes a refusal on in Cloudflare’s words', async () => {
      controls.addReceiverRule(fake.world, { type: 'generic', answer: 'not_found' });
      await assert.rejects(
        createDestination(api, ACCOUNT, draft(), new Set()),
        (error: { details: { reason: string } }) => error.details.reason.startsWith('Webhook test failed'),
      );
      assert.deepEqual(names(), ['Ops']);
    });
  });

  describe('update', () => {
    it('renames with the URL as it is and the remembered secret', async () => {
      const outcome = await updateDestination(api, ACCOUNT, old, { name: 'Now', url: old.url }, 'remembered');
      assert.deepEqual([outcome.took, outcome.ignored, outcome.unknown], [['name'], [], []]);
      const put = controls.log(fake.world).find(({ method }) => method === 'PUT');
      assert.deepEqual([...(put?.fields ?? [])].toSorted(), ['name', 'secret', 'url']);
    });

    it('omits the secret where none is remembered', async () => {
      await updateDestination(api, ACCOUNT, old, { name: 'Now', url: old.url }, undefined);
      const put = controls.log(fake.world).find(({ method }) => method === 'PUT');
      assert.deepEqual([...(put?.fields ?? [])].toSorted(), ['name', 'url']);
    });

    for (const [putMode, took, ignored] of [
      ['rename-only', ['name'], ['url']],
      ['as-documented', ['name', 'url'], []],
    ] as const) {
      it(`tells what took where Cloudflare works ${putMode}`, async () => {
        controls.changeSettings(fake.world, { putMode });
        const draft = { name: 'Now', url: hook('new'), secret: 'changed' };
        const outcome = await updateDestination(api, ACCOUNT, old, draft, undefined);
        assert.deepEqual([outcome.took, outcome.ignored, outcome.unknown], [took, ignored, ['secret']]);
      });
    }

    it('cannot tell where only the part of a URL differs that Cloudflare takes out', async () => {
      controls.changeSettings(fake.world, { putMode: 'as-documented', urlSecrets: 'cut' });
      const url = 'https://hooks.slack.com/services/T/B/one';
      const { id } = controls.putDestination(fake.world, { account: ACCOUNT, name: 'Chat', url, type: 'slack' });
      const chat = await api.getDestination(ACCOUNT, id);
      assert.equal(chat.url, 'https://hooks.slack.com/services/T/B');
      const draft = { name: 'Chat', url: 'https://hooks.slack.com/services/T/B/two' };
      const outcome = await updateDestination(api, ACCOUNT, chat, draft, undefined);
      assert.deepEqual([outcome.took, outcome.ignored, outcome.unknown], [[], [], ['url']]);
    });
  });

  describe('replace', () => {
    let kept: ReplaceState[];
    const keep = async (state: ReplaceState): Promise<void> => void kept.push(state);
    const draft = () => ({ name: 'Ops', url: hook('new'), secret: 'good' });
    const begin = () => startReplacement(ACCOUNT, old, draft(), [old.id]);
    const users = (id: string) =>
      controls
        .policies(fake.world, { account: ACCOUNT })
        .filter(({ mechanisms }) => mechanisms.webhooks?.some((each) => each.id === id))
        .map(({ name }) => name);
    const last = () => kept.at(-1) ?? assert.fail();

    beforeEach(() => {
      kept = [];
      const webhooks = [{ id: old.id }, { id: 'f'.repeat(32) }];
      controls.putPolicy(fake.world, {
        account: ACCOUNT,
        name: 'One',
        mechanisms: { webhooks, email: [{ id: 'a@example.com' }] },
      });
      controls.putPolicy(fake.world, {
        account: ACCOUNT,
        name: 'Two',
        mechanisms: { webhooks: [{ id: old.id }] },
        enabled: false,
      });
    });

    it('creates, moves every policy and nothing else of it, deletes', async () => {
      const before = controls.policies(fake.world, { account: ACCOUNT });
      const { newId = '' } = await continueReplacement(api, begin(), draft(), keep);
      assert.deepEqual(users(newId), ['One', 'Two']);
      assert.deepEqual(users(old.id), []);
      await assert.rejects(api.getDestination(ACCOUNT, old.id), { kind: 'notFound' });
      const moved = JSON.parse(JSON.stringify(before).replaceAll(old.id, newId)) as typeof before;
      const after = controls.policies(fake.world, { account: ACCOUNT });
      assert.deepEqual(
        after.map(({ modified: _modified, ...policy }) => policy),
        moved.map(({ modified: _modified, ...policy }) => policy),
      );
      assert.deepEqual(
        kept.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]),
        ['creating', 'moving', 'deleting', 'done'],
      );
    });

    it('keeps neither URL nor secret of what it keeps', async () => {
      await continueReplacement(api, begin(), draft(), keep);
      assert.doesNotMatch(JSON.stringify(kept), /receivers|good/);
      assert.deepEqual(parseReplaceState(JSON.parse(JSON.stringify(last()))), last());
    });

    const interruptions: readonly [string, Parameters<typeof controls.addFault>[1]][] = [
      ['the creation is refused', { method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 }],
      [
        'the policies cannot be listed',
        { method: 'GET', path: '/accounts/*/alerting/v3/policies', fault: { kind: 'html' }, times: 1 },
      ],
      [
        'a policy cannot be read',
        { method: 'GET', path: '/accounts/*/alerting/v3/policies/*', fault: { kind: 'html' }, times: 1 },
      ],
      ['a policy cannot be written', { method: 'PUT', fault: { kind: 'status', status: 500 }, times: 1 }],
      ['the answer to a written policy is lost', { method: 'PUT', fault: { kind: 'reset' }, after: true, times: 1 }],
      ['the old one cannot be deleted', { method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 }],
    ];
    for (const [when, fault] of interruptions) {
      it(`stops where ${when}, keeps the old one, and can be resumed`, async () => {
        controls.addFault(fake.world, fault);
        await assert.rejects(continueReplacement(api, begin(), draft(), keep));
        assert.ok(await api.getDestination(ACCOUNT, old.id));
        const { newId = '' } = await continueReplacement(api, last(), draft(), keep);
        assert.deepEqual([users(newId), users(old.id), names()], [['One', 'Two'], [], ['Ops']]);
      });

      it(`can be undone where ${when}`, async () => {
        controls.addFault(fake.world, fault);
        await assert.rejects(continueReplacement(api, begin(), draft(), keep));
        await undoReplacement(api, last(), keep);
        assert.equal(last().phase, 'undone');
        assert.deepEqual([users(old.id), names()], [['One', 'Two'], ['Ops']]);
      });
    }

    it('resumes after a window was killed at any step, and makes no second one', async () => {
      // Where each state was kept, the window dies: what follows is never run.
      await continueReplacement(api, begin(), draft(), keep);
      const steps = kept.length;
      for (let dies = 1; dies < steps; dies += 1) {
        controls.reset(fake.world, { seed: 'empty' });
        controls.putToken(fake.world, { value: 'cfut_demo00000000000000000000000000000000000all' });
        controls.putAccount(fake.world, { id: ACCOUNT, name: 'Acme' });
        const { id } = controls.putDestination(fake.world, { account: ACCOUNT, name: 'Ops', url: hook('old') });
        old = await api.getDestination(ACCOUNT, id);
        controls.putPolicy(fake.world, { account: ACCOUNT, name: 'One', mechanisms: { webhooks: [{ id }] } });
        kept = [];
        const die = async (state: ReplaceState): Promise<void> => {
          kept.push(state);
          if (kept.length === dies) {
            throw new Error('killed');
          }
        };
        await assert.rejects(continueReplacement(api, begin(), draft(), die), /killed/);
        assert.ok(names().includes('Ops'));
        const { newId = '' } = await continueReplacement(api, last(), draft(), keep);
        assert.deepEqual([names(), users(newId)], [['Ops'], ['One']], `killed at step ${dies}`);
      }
    });

    it('adopts, after a kill, the one that was created though its id never arrived', async () => {
      const state = { ...begin(), attempted: true };
      const id = await api.createDestination(ACCOUNT, draft());
      const { newId } = await continueReplacement(api, state, undefined, keep);
      assert.equal(newId, id);
      assert.deepEqual(names(), ['Ops']);
    });

    it('needs the draft where a kill came before anything was created', async () => {
      await assert.rejects(continueReplacement(api, begin(), undefined, keep), { name: 'DraftNeededError' });
    });

    it('stops between steps when cancelled', async () => {
      const cancel = new AbortController();
      const stopAtFirstMove = async (state: ReplaceState): Promise<void> => {
        kept.push(state);
        if (state.policies?.some(({ moved }) => moved)) {
          cancel.abort(new Error('cancelled'));
        }
      };
      await assert.rejects(continueReplacement(api, begin(), draft(), stopAtFirstMove, cancel.signal), /cancelled/);
      assert.deepEqual(
        last().policies?.map(({ moved }) => moved),
        [true, false],
      );
      assert.deepEqual(users(old.id).length, 1);
    });

    it('says so where Cloudflare takes a policy but does not change it', async () => {
      const deaf: Api = { ...api, updatePolicy: async () => {} };
      await assert.rejects(continueReplacement(deaf, begin(), draft(), keep), {
        name: 'PolicyUnchangedError',
        policyName: 'One',
      });
      assert.ok(await api.getDestination(ACCOUNT, old.id));
    });
  });
});
