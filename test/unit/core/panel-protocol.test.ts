import assert from 'node:assert/strict';
import { anything, assert as check, property } from 'fast-check';
import { parseFromPanel, parseSavedPanelState, parseToPanel } from '../../../src/core/panel-protocol.ts';

const fields = { name: 'Ops', url: 'https://ops.example/hook', secret: 's', remember: true };

describe('what the page may say', () => {
  it('passes what is a message of ours, unchanged', () => {
    for (const message of [
      { kind: 'ready' },
      { kind: 'edit', fields },
      { kind: 'edit', fields, left: 'url' },
      { kind: 'act', action: 'save', fields },
    ]) {
      assert.deepEqual(parseFromPanel(message), message);
    }
  });

  it('refuses an unknown kind, action or field, and a missing or wrong one', () => {
    for (const message of [
      undefined,
      null,
      'ready',
      [],
      { kind: 'shutdown' },
      { kind: 'act', action: 'addAccount', fields },
      { kind: 'act', action: 'save' },
      { kind: 'act', action: 'save', fields: { ...fields, name: 1 } },
      { kind: 'act', action: 'save', fields: { ...fields, id: 'another' } },
      { kind: 'edit', fields, left: 'remember' },
      { kind: 'edit', fields, extra: true },
      { kind: 'ready', fields },
    ]) {
      assert.equal(parseFromPanel(message), undefined, JSON.stringify(message));
    }
  });

  it('never throws, whatever it is given', () => {
    check(
      property(anything(), (value) => {
        parseFromPanel(value);
        parseToPanel(value);
        parseSavedPanelState(value);
      }),
    );
  });
});

describe('what the host may say', () => {
  it('passes fields and focus, and refuses what is malformed', () => {
    assert.deepEqual(parseToPanel({ kind: 'fields', fields }), { kind: 'fields', fields });
    assert.deepEqual(parseToPanel({ kind: 'focus', at: 'notice' }), { kind: 'focus', at: 'notice' });
    assert.equal(parseToPanel({ kind: 'focus', at: 'body' }), undefined);
    assert.equal(parseToPanel({ kind: 'view', view: { heading: 'Only this' } }), undefined);
    assert.equal(parseToPanel({ kind: 'texts', texts: {} }), undefined);
  });
});

describe('the state of a panel over a reload', () => {
  it('holds ids only: what anyone typed does not get through', () => {
    const state = { version: 1, accountId: 'a', destinationId: 'd', draftId: 'x' };
    assert.deepEqual(parseSavedPanelState({ ...state, url: 'https://secret.example/token', secret: 's' }), state);
  });

  it('is nothing where it is of another version or no state at all', () => {
    for (const value of [undefined, {}, { version: 2, accountId: 'a', draftId: 'x' }, { version: 1, accountId: 'a' }]) {
      assert.equal(parseSavedPanelState(value), undefined);
    }
  });
});
