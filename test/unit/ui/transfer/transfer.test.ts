import assert from 'node:assert/strict';
import { formatExportFile } from '../../../../src/core/formats/export-file.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { exportDestinations, readExport, stub } = await loadScripted(
  async () => import('../../../../src/ui/transfer/export.ts'),
);

const [BARE, DASHED] = ['2'.repeat(32), '22222222-2222-2222-2222-222222222222'];

describe('export of selected destinations', () => {
  const api = makeApi({ listDestinations: async () => [makeDestination(DASHED)], listPolicies: async () => [] });
  const services = makeUiServices(api);
  const written: string[] = [];
  beforeEach(() => {
    startOver(stub);
    written.length = 0;
    Object.assign(stub.window, {
      showQuickPick: async ([first]: readonly unknown[]) => first,
      showSaveDialog: async () => ({ path: '/file' }),
    });
    Object.assign(stub.workspace, {
      fs: { writeFile: async (_uri: unknown, content: Buffer) => void written.push(content.toString()) },
    });
  });

  it('finds each whatever the spelling of its ID', async () => {
    const file = await readExport([{ connection: services.connection, ids: [BARE] }], 'host', services);
    assert.equal(formatExportFile(file).includes(DASHED), true);
  });

  it('says how many no longer exist', async () => {
    await exportDestinations([{ connection: services.connection, ids: [BARE, 'gone'] }], services);
    assert.equal(written.length, 1);
    assert.match(stub.user.told.join('\n'), /1 selected destination no longer exists at Cloudflare\./);
  });

  it('writes no file if none exists', async () => {
    await assert.rejects(
      exportDestinations([{ connection: services.connection, ids: ['gone'] }], services),
      /The selected webhook destinations no longer exist at Cloudflare\./,
    );
    assert.deepEqual(written, []);
  });
});
