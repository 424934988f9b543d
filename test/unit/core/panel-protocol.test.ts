import assert from 'node:assert/strict';
import { anything, assert as check, property } from 'fast-check';
import { parseFromPanel, parseSavedPanelState, parseToPanel } from '../../../src/core/panel-protocol.ts';

const fields = { name: 'Ops', url: 'https://ops.example/hook', secret: 's', remember: true };

describe('messages from the page', () => {
  it('accepts valid messages unchanged', () => {
    for (const message of [
      { kind: 'ready' },
      { kind: 'edit', fields },
      { kind: 'edit', fields, left: 'url' },
      { kind: 'act', action: 'save', fields },
    ]) {
      assert.deepEqual(parseFromPanel(message), message);
    }
  });

  it('rejects unknown, missing and invalid kinds, actions and fields', () => {
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

  it('never throws for any input', () => {
    check(
      property(anything(), (value) => {
        parseFromPanel(value);
        parseToPanel(value);
        parseSavedPanelState(value);
      }),
    );
  });
});

describe('messages from the host', () => {
  it('accepts fields and focus, and rejects malformed messages', () => {
    assert.deepEqual(parseToPanel({ kind: 'fields', fields }), { kind: 'fields', fields });
    assert.deepEqual(parseToPanel({ kind: 'focus', at: 'notice' }), { kind: 'focus', at: 'notice' });
    assert.equal(parseToPanel({ kind: 'focus', at: 'body' }), undefined);
    assert.equal(parseToPanel({ kind: 'view', view: { heading: 'Only this' } }), undefined);
    assert.equal(parseToPanel({ kind: 'texts', texts: {} }), undefined);
  });
});

describe('saved panel state', () => {
  it('keeps IDs only and drops typed text', () => {
    const state = { version: 1, accountId: 'a', destinationId: 'd', draftId: 'x' };
    assert.deepEqual(parseSavedPanelState({ ...state, url: 'https://secret.example/token', secret: 's' }), state);
  });

  it('is undefined for another version or an invalid state', () => {
    for (const value of [undefined, {}, { version: 2, accountId: 'a', draftId: 'x' }, { version: 1, accountId: 'a' }]) {
      assert.equal(parseSavedPanelState(value), undefined);
    }
  });
});
