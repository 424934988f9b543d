import assert from 'node:assert/strict';
import { makeApi } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { openDestination, stub } = await loadScripted(async () => import('../../../../src/ui/json/commands.ts'));
const { createFailingColors } = await loadScripted(async () => import('../../../../src/ui/json/failing-colors.ts'));
const { addressOf } = await loadScripted(async () => import('../../../../src/ui/json/addresses.ts'));

const [BARE, DASHED] = ['2'.repeat(32), '22222222-2222-2222-2222-222222222222'];
const FAILED = '2026-01-02T03:04:05Z';

describe('the JSON document of a destination whose ID Cloudflare writes in two forms', () => {
  const bare = { id: BARE, name: 'Ops', type: 'generic', url: 'https://a.example/1', lastFailure: FAILED };
  const { store, connection } = makeUiServices(makeApi({ listDestinations: async () => [bare] }));
  const open = addressOf(connection.account, { ...bare, id: DASHED });
  beforeEach(async () => {
    startOver(stub);
    await store.refresh();
  });

  it('is shown again instead of a second one', async () => {
    stub.user.documents.push({ uri: open });
    await openDestination({ connection, destination: bare });
    assert.deepEqual(stub.user.shown.map(String), [String(open)]);
  });

  it('has the color of a failing destination', async () => {
    const colors = createFailingColors(store);
    const token = { isCancellationRequested: false, onCancellationRequested: () => colors };
    assert.ok(await stub.decorations.provider.provideFileDecoration(open, token));
    colors.dispose();
  });
});
