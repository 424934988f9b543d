import assert from 'node:assert/strict';
import { findCreation, sha256, takeFingerprint } from '../../../../src/core/destinations/fingerprint.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';

const draft = { name: 'Ops', url: 'https://example.com/hook' };
const make = (id: string, name = draft.name, url = draft.url): Destination => ({ id, name, url, type: 'generic' });

async function find(destinations: readonly Destination[], { url = draft.url, known = ['known'] } = {}) {
  const fingerprint = await takeFingerprint({ ...draft, url }, 'salt', sha256);
  const sent = { name: draft.name, host: new URL(url).host, knownIds: known, fingerprint };
  const { certain, candidates } = await findCreation(sent, destinations, sha256);
  return { certain: certain?.id, candidates: candidates.map(({ id }) => id) };
}

describe('fingerprint', () => {
  it('is a digest in hexadecimal', async () => {
    assert.equal(await sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('holds no part of the URL, and differs with salt and URL', async () => {
    const take = async (url: string, salt: string) => (await takeFingerprint({ ...draft, url }, salt, sha256)).url;
    const [print, salted, other] = [
      await take(draft.url, 'a'),
      await take(draft.url, 'b'),
      await take(`${draft.url}2`, 'a'),
    ];
    assert.match(print, /^[0-9a-f]{64}$/);
    assert.equal(new Set([print, salted, other]).size, 3);
    assert.equal(await take(' HTTPS://EXAMPLE.com/hook', 'a'), print);
  });

  it('knows which URLs Cloudflare may cut', async () => {
    const isCut = async (url: string) => (await takeFingerprint({ ...draft, url }, 's', sha256)).isCut;
    assert.deepEqual([await isCut(draft.url), await isCut('https://hooks.slack.com/services/T/B/x')], [false, true]);
  });

  it('is certain of the one that is new and has the name and the URL', async () => {
    assert.deepEqual(await find([make('n'), make('m', 'Other'), make('o', 'Ops', 'https://example.com/other')]), {
      certain: 'n',
      candidates: [],
    });
  });

  it('compares the name as the server stores it, trimmed', async () => {
    assert.equal((await find([make('n', ' Ops ')])).certain, 'n');
  });

  for (const [what, destination] of [
    ['was there before', make('known')],
    ['was there before, in the other form of its ID', make('KNO-WN')],
    ['has another name', make('n', 'Other')],
    ['has another URL', make('n', 'Ops', 'https://example.com/other')],
  ] as const) {
    it(`does not take one that ${what}`, async () => {
      assert.deepEqual(await find([destination]), { certain: undefined, candidates: [] });
    });
  }

  it('asks where two match', async () => {
    assert.deepEqual(await find([make('n'), make('m')]), { certain: undefined, candidates: ['n', 'm'] });
  });

  it('asks for every new namesake on the host where the URL is cut', async () => {
    const url = 'https://hooks.slack.com/services/T/B/secret';
    const cut = 'https://hooks.slack.com/services/T/B';
    const found = await find([make('n', 'Ops', cut), make('m', 'Ops', draft.url), make('known', 'Ops', cut)], { url });
    assert.deepEqual(found, { certain: undefined, candidates: ['n'] });
  });

  it('is certain where a URL that may be cut comes back whole', async () => {
    const url = 'https://hooks.slack.com/services/T/B/secret';
    assert.deepEqual(
      await find([make('n', 'Ops', url), make('m', 'Ops', 'https://hooks.slack.com/services/T/B')], { url }),
      {
        certain: 'n',
        candidates: [],
      },
    );
  });
});
