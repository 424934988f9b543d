import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { makeApi } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { askAndReplace, confirmReplacement, stub } = await loadScripted(
  async () => import('../../../../src/ui/replacement/ask-replacement.ts'),
);

describe('Replace… from a row', () => {
  beforeEach(() => startOver(stub));

  it('sends the URL without the invisible characters that copying added', async () => {
    const { connection, policies } = makeUiServices(makeApi({ listPolicies: async () => [] }));
    const sent: Draft[] = [];
    stub.user.inputs.push('https://example.com/cf\u200B', 'the secret');
    stub.user.presses.push('Replace');
    const destination = { id: 'd', name: 'Ops', type: 'generic', url: 'https://old.example/' };
    const unexpected = async () => assert.fail();
    await askAndReplace(
      { connection, destination },
      {
        policies,
        replacements: {
          async start(_target, draft) {
            sent.push(draft);
            throw new Error('stopped');
          },
          look: async () => undefined,
          unfinished: unexpected,
          checkFree: unexpected,
          take: unexpected,
          onReplaced: () => () => {},
        },
      },
    ).catch((error: Error) => assert.equal(error.message, 'stopped'));
    assert.deepEqual(sent, [{ name: 'Ops', url: 'https://example.com/cf', secret: 'the secret' }]);
  });

  it('does not say that no policy uses the destination where policies could not be read', async () => {
    const destination = { id: 'd', name: 'Ops', type: 'generic', url: 'https://old.example/' };
    const ask = async (skipped: number): Promise<string> => {
      startOver(stub);
      const { connection, policies } = makeUiServices(makeApi({ listPolicies: async () => noteSkipped([], skipped) }));
      await confirmReplacement({ connection, destination }, { name: 'Ops', url: 'https://new.example/' }, policies);
      return stub.user.details.join();
    };
    assert.match(await ask(0), /No policy uses the old destination\./);
    const unread = await ask(1);
    assert.doesNotMatch(unread, /No policy uses/);
    assert.match(unread, /entries that could not be read\. A policy that uses “Ops” may be one of them\./);
  });
});
