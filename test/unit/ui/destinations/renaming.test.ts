import assert from 'node:assert/strict';
import { makeApi } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { renameDestination, stub } = await loadScripted(
  async () => import('../../../../src/ui/destinations/renaming.ts'),
);

describe('Rename…', () => {
  it('tells the new name where Cloudflare accepted it and it could not be checked', async () => {
    startOver(stub);
    stub.user.inputs.push('Ops 2');
    const { connection } = makeUiServices(makeApi());
    const destination = { id: 'd', name: 'Ops', type: 'generic', url: 'https://example.com/' };
    await renameDestination({ connection, destination }, {
      update: async () => ({ destination, applied: [], ignored: [], unverifiable: ['name'], isVerified: false }),
    } as never);
    assert.deepEqual(stub.user.told, ['Cloudflare accepted the new name of “Ops 2”, but it could not be checked.']);
  });
});
