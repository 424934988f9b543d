import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import type { ApiErrorKind } from '../../../../src/core/api/api-error.ts';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { failWith } from '../../core/api/fake-api.ts';
import { ACCOUNT, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const HOST = 'https://hooks.slack.com/services';
const [MISTYPED, RIGHT] = [`${HOST}/T00000000/B00000000/mistyped`, `${HOST}/T00000000/B00000000/right`];

const { offerUndo, stub } = await loadScripted(async () => import('../../../../src/ui/destinations/undoing.ts'));

describe('Undo of a deletion', () => {
  const account = useFakeAccount();
  beforeEach(() => startOver(stub));

  /** Presses Undo twice. The first creation fails, the second one is made. Returns what was sent. */
  async function undoTwice(kind: ApiErrorKind, urls: readonly string[]): Promise<readonly string[]> {
    const sent: Draft[] = [];
    const api: Api = {
      ...account.api(),
      async createDestination(_account, draft) {
        sent.push(draft);
        return sent.length === 1 ? failWith({ kind })() : 'new';
      },
    };
    const services = makeUiServices(api);
    stub.user.inputs.push(...urls);
    stub.user.presses.push('Undo', 'Undo');
    const destination = { id: 'old', name: 'Ops', type: 'slack', url: HOST };
    const deleted = { target: { connection: services.connection, destination }, remembered: undefined, policies: [] };
    await offerUndo('Deleted.', true, [deleted], {
      ...services,
      logger: { log: () => {}, show: () => {} },
      replacements: { checkFree: async () => {} },
    });
    return sent.map(({ url }) => url);
  }

  it('asks again for a URL that Cloudflare refused', async () => {
    assert.deepEqual(await undoTwice('rejected', [MISTYPED, RIGHT]), [MISTYPED, RIGHT]);
    assert.match(stub.user.told.at(-1) ?? '', /was created again with the new ID new/);
  });

  it('stores no secret for an account that is removed while the destination is created', async () => {
    const url = account.hook('ops');
    const api: Api = {
      ...account.api(),
      async createDestination() {
        services.store.setConnections([]);
        return 'new';
      },
    };
    const services = makeUiServices(api);
    stub.user.presses.push('Undo');
    const destination = { id: 'old', name: 'Ops', type: 'generic', url };
    const policy = { ...account.putPolicy('P', ['old'], ['ops@example.com']), alertType: '', whole: {} };
    const deleted = {
      target: { connection: services.connection, destination },
      remembered: { secret: 'secret' },
      policies: [{ ...policy, mechanisms: { webhooks: ['old'] } }],
    };
    await offerUndo('Deleted.', true, [deleted], {
      ...services,
      logger: { log: () => {}, show: () => {} },
      replacements: { checkFree: async () => {} },
    });
    assert.equal(await services.secrets.get(ACCOUNT, 'new'), undefined);
    assert.equal(account.requests('PUT').length, 0);
    assert.match(
      stub.user.told.at(-1) ?? '',
      /was created again .+ Not added to “P”: The account Acme was removed from VS Code\./,
    );
  });

  it('sends the entered URL again after a lost answer', async () => {
    assert.deepEqual(await undoTwice('timeout', [RIGHT]), [RIGHT, RIGHT]);
  });
});
