import assert from 'node:assert/strict';
import {
  createFocusTaker,
  keepingFocus,
  setOverviewPage,
  startedBy,
  startedFromMenu,
} from '../../../../src/ui/host/focus.ts';

describe('the focus after a modal', () => {
  const taken: string[] = [];
  const page = (name: string) => async (): Promise<void> => void taken.push(name);
  const ask = async (): Promise<string> => keepingFocus(Promise.resolve('answer'));
  beforeEach(() => taken.splice(0));
  afterEach(() => setOverviewPage(undefined));

  it('goes to the page that started it, before the answer is used', async () => {
    await startedBy(page('panel'), async () => {
      assert.equal(await ask(), 'answer');
      assert.deepEqual(taken, ['panel']);
    });
  });

  it('goes to no page if none started it', async () => {
    await ask();
    await startedFromMenu({ accountId: 'a' }, ask);
    assert.deepEqual(taken, []);
  });

  it('goes to the overview after a command of its context menu', async () => {
    setOverviewPage(page('overview'));
    await startedFromMenu({ webview: 'overview' }, ask);
    assert.deepEqual(taken, ['overview']);
  });

  it('goes to no page after what it started is done, though timers keep its context', async () => {
    const later = Promise.withResolvers<void>();
    await startedBy(page('panel'), async () => {
      setTimeout(() => void ask().then(() => later.resolve()), 5);
    });
    await later.promise;
    assert.deepEqual(taken, []);
  });

  it('loses no answer if the page was closed, and passes on what a question throws', async () => {
    const closed = {
      get active(): boolean {
        throw new Error('Webview is disposed');
      },
    };
    const { take } = createFocusTaker(closed, () => assert.fail('A closed page was asked'));
    assert.equal(await startedBy(take, ask), 'answer');
    const failing = startedBy(page('panel'), async () => keepingFocus(Promise.reject(new Error('no'))));
    await assert.rejects(failing, /^Error: no$/);
    assert.deepEqual(taken, ['panel']);
  });

  it('waits until the page has it, and not for a hidden page', async () => {
    const asked: string[] = [];
    const shown = createFocusTaker({ active: true }, () => {
      asked.push('shown');
      setTimeout(() => shown.taken(), 5);
    });
    await shown.take();
    await createFocusTaker({ active: false }, () => asked.push('hidden')).take();
    assert.deepEqual(asked, ['shown']);
  });
});
