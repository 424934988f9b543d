import assert from 'node:assert/strict';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { makeApi } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { askAndReplace, stub } = await loadScripted(
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
});
