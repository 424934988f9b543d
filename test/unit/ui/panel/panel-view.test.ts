import assert from 'node:assert/strict';
import { makeDestination, makeApi, makeConnection } from '../../core/api/fake-api.ts';
import { loadScripted } from '../scripted-window.ts';
import { makePanelModel } from './make-model.ts';

const { buildView } = await loadScripted(async () => import('../../../../src/ui/panel/panel-view.ts'));
const { makeSnapshot } = await import('../../../../src/core/monitoring/snapshot.ts');
const { loadingActivity } = await loadScripted(async () => import('../../../../src/ui/panel/activity.ts'));

describe('the view of a panel whose destination is not listed', () => {
  const viewOf = (skipped: number, deleted: readonly string[] = []) =>
    buildView(makePanelModel({ destinationId: 'd', lastName: 'Ops', activity: loadingActivity() }), {
      connection: makeConnection('a', makeApi()),
      state: { kind: 'ready', last: makeSnapshot(1, [makeDestination('other')], undefined, skipped) },
      deleted: new Set(deleted),
    });
  const saveOf = ({ buttons }: ReturnType<typeof viewOf>) => buttons.map(({ label }) => label);

  it('offers to create it again', () => {
    const view = viewOf(0);
    assert.match(JSON.stringify(view.notices), /no longer exists at Cloudflare/);
    assert.deepEqual([saveOf(view), view.busy], [['Create Again'], false]);
  });

  it('says so, and offers only Refresh, while the list has entries that could not be read', () => {
    const view = viewOf(1);
    assert.match(JSON.stringify(view.notices), /The destination may be one of them/);
    assert.deepEqual([saveOf(view), view.tools.map(({ label }) => label), view.busy], [[], ['Refresh'], false]);
  });

  it('offers to create it again if this window deleted it', () => {
    assert.deepEqual(saveOf(viewOf(1, ['d'])), ['Create Again']);
  });
});
