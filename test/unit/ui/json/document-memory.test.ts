import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { createDocumentMemory, type Told } from '../../../../src/ui/json/document-memory.ts';
import type { State } from '../../../../src/ui/host/ordered-state.ts';

/** The memory reads only the text of a URI. */
const uri = { toString: () => 'cfwebhook:/a/b.cfwebhook.json' } as vscode.Uri;

function createMemory() {
  const values = new Map<string, unknown>();
  const state: State = {
    get: (key) => values.get(key),
    async update(key, value) {
      values.set(key, value);
    },
  };
  return { memory: createDocumentMemory(state, () => {}), values };
}

describe('document memory', () => {
  const cases: readonly {
    readonly title: string;
    readonly kept?: string;
    readonly told: Told;
    readonly seen?: string;
  }[] = [
    { title: 'what was read', told: { looked: 'On-call', read: 'On-call' }, seen: 'On-call' },
    {
      title: 'what was read, if VS Code cannot notice the change',
      told: { looked: 'Standby', read: 'On-call' },
      seen: 'On-call',
    },
    { title: 'the change that VS Code asks about', told: { looked: 'Longer', read: 'Old' }, seen: 'Longer' },
    {
      title: 'the remembered content of a restored document',
      kept: 'On-call',
      told: { looked: 'On-call' },
      seen: 'On-call',
    },
    {
      title: 'the change of a restored document that VS Code asks about',
      kept: 'Old',
      told: { looked: 'Longer' },
      seen: 'Longer',
    },
    {
      title: 'nothing, if a restored document changed at the same length',
      kept: 'On-call',
      told: { looked: 'Standby' },
    },
    { title: 'nothing, if nothing is remembered', told: { looked: 'On-call' } },
  ];
  for (const { title, kept, told, seen } of cases) {
    it(`returns ${title}`, () => {
      const { memory } = createMemory();
      if (kept !== undefined) {
        memory.remember(uri, kept);
      }
      assert.equal(memory.seenOf(uri, told), seen);
    });
  }

  it('persists neither the content nor a hash that confirms a guess', () => {
    const { memory, values } = createMemory();
    memory.remember(uri, '{ "url": "https://hooks.example.com/secret" }');
    const persisted = JSON.stringify([...values]);
    assert.doesNotMatch(persisted, /example|[0-9a-f]{9}/);
  });

  it('remembers the last 50 documents', () => {
    const { memory, values } = createMemory();
    for (let at = 0; at < 60; at += 1) {
      memory.remember({ toString: () => `cfwebhook:/${at}` } as vscode.Uri, 'text');
    }
    assert.equal((values.get('jsonDocuments') as unknown[]).length, 50);
  });
});
