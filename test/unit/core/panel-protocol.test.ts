import assert from 'node:assert/strict';
import { anything, assert as check, property } from 'fast-check';
import { parseFromPanel, parseSavedPanelState, parseToPanel } from '../../../src/core/panel-protocol.ts';

const fields = { name: 'Ops', url: 'https://ops.example/hook', secret: 's', remember: true };
const edits = { name: 1, url: 2, secret: 3, remember: 4 };

describe('messages from the page', () => {
  it('accepts valid messages unchanged', () => {
    for (const message of [
      { kind: 'ready' },
      { kind: 'edit', fields, edits },
      { kind: 'edit', fields, edits, left: 'url' },
      { kind: 'act', action: 'save', fields, edits },
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
      { kind: 'act', action: 'addAccount', fields, edits },
      { kind: 'act', action: 'save' },
      { kind: 'act', action: 'save', fields: { ...fields, name: 1 }, edits },
      { kind: 'act', action: 'save', fields: { ...fields, id: 'another' }, edits },
      { kind: 'edit', fields },
      { kind: 'edit', fields, edits, left: 'remember' },
      { kind: 'edit', fields, edits, extra: true },
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
    assert.deepEqual(parseToPanel({ kind: 'fields', fields, edits }), { kind: 'fields', fields, edits });
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
