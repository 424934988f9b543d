import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { makeStore } from '../../core/monitoring/make-store.ts';
import type { ToolInput } from '../../../../src/core/monitoring/tool-answer.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const { createToolCalls } = await import('../../../../src/ui/monitoring/tool-calls.ts');

const TOKEN: vscode.CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose() {} }),
};
const api = makeApi({ listDestinations: async (id) => [makeDestination(`destination of ${id}`)] });

/** The tools of a window that has these accounts. Each account has one destination. */
async function open(ids: readonly string[]) {
  const { store } = makeStore();
  let now = 1000;
  const calls = createToolCalls({
    store,
    host: { now: () => now, sleep: async () => {} },
    backgroundRefresh: { intervalOf: () => 0 },
    loaded: Promise.resolve(true),
  });
  const setAccounts = async (next: readonly string[]): Promise<void> => {
    store.setConnections(next.map((id) => makeConnection(id, api)));
    await store.refresh();
  };
  await setAccounts(ids);
  const confirm = async (input: ToolInput): Promise<string> => {
    const { confirmationMessages } = await calls.prepare('list', input, TOKEN);
    const message = confirmationMessages?.message;
    return typeof message === 'object' ? message.value : '';
  };
  const answer = async (input: ToolInput): Promise<string> => {
    const { content } = await calls.invoke('list', input, TOKEN);
    return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('');
  };
  return { setAccounts, confirm, answer, pass: (milliseconds: number) => (now += milliseconds) };
}

const CHANGED = /The accounts in VS Code have changed since the user was asked/;

describe('a language model tool', () => {
  it('gives no data where another window added an account since the user was asked, and the next call does', async () => {
    const { setAccounts, confirm, answer } = await open(['a', 'b']);
    assert.match(await confirm({}), /Account a and Account b/);
    await setAccounts(['a', 'b', 'c']);
    await assert.rejects(answer({}), CHANGED);
    assert.match(await confirm({}), /Account c/);
    assert.match(await answer({}), /destination of c/);
  });

  it('gives the data that the user confirmed where an account was removed since, or another one was added', async () => {
    const { setAccounts, confirm, answer } = await open(['a', 'b']);
    await confirm({});
    await confirm({ account: 'Account a' });
    await setAccounts(['a']);
    const text = await answer({});
    assert.match(text, /destination of a/);
    assert.doesNotMatch(text, /destination of b/);
    await setAccounts(['a', 'c']);
    assert.match(await answer({ account: 'Account a' }), /destination of a/);
  });

  it('gives the data of all accounts where VS Code asks nothing, as for a call outside a chat', async () => {
    const { answer } = await open(['a', 'b']);
    assert.match(await answer({}), /destination of a.*destination of b/);
  });

  it('gives no name of an account that was added since, where the model asked for an unknown one or there was none', async () => {
    const unknown = await open(['a']);
    assert.match(await unknown.confirm({ account: 'Account c' }), /asks for an account that was not added/);
    await unknown.setAccounts(['a', 'c']);
    await assert.rejects(unknown.answer({ account: 'Account c' }), CHANGED);
    const none = await open([]);
    assert.match(await none.confirm({}), /The language model gets no data/);
    await none.setAccounts(['c']);
    await assert.rejects(none.answer({}), CHANGED);
  });

  it('gives equal calls that overlap only what both confirmations named', async () => {
    const { setAccounts, confirm, answer } = await open(['a']);
    await confirm({});
    await setAccounts(['a', 'b']);
    assert.match(await confirm({}), /Account b/);
    await assert.rejects(answer({}), CHANGED);
    await assert.rejects(answer({}), CHANGED);
    await confirm({});
    assert.match(await answer({}), /destination of b/);
  });

  it('counts a confirmation without an answer as declined after two minutes', async () => {
    const { setAccounts, confirm, answer, pass } = await open(['a']);
    await confirm({});
    await setAccounts(['a', 'b']);
    pass(2 * 60_000 - 1);
    await confirm({});
    await assert.rejects(answer({}), CHANGED);
    pass(1);
    await confirm({});
    assert.match(await answer({}), /destination of b/);
  });

  it('keeps a bounded number of declined calls', async () => {
    const { setAccounts, confirm, answer } = await open(['a']);
    for (let index = 0; index <= 100; index += 1) {
      await confirm({ account: `Other ${index}` });
    }
    await setAccounts(['a', 'b']);
    await assert.rejects(answer({ account: 'Other 0' }), /Known accounts: "Account a", "Account b"\./);
    await assert.rejects(answer({ account: 'Other 1' }), CHANGED);
  });

  it('does not say that no account was added where only the named ones were removed since', async () => {
    const { setAccounts, confirm, answer } = await open(['a', 'b']);
    await confirm({ account: 'Account a' });
    await setAccounts(['b']);
    await assert.rejects(answer({ account: 'Account a' }), CHANGED);
    await confirm({});
    await setAccounts([]);
    assert.match(await answer({}), /"noAccounts"/);
  });
});
