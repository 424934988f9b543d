import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { COMMANDS, TOOLS } from '../../../../src/ui/host/ids.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly languageModelTools: readonly { readonly name: string; readonly when?: string }[];
  };
};

describe('the typed command ids', () => {
  it('are the commands that package.json contributes', () => {
    assert.deepEqual(
      COMMANDS.map((name) => `cloudflareWebhooks.${name}`).toSorted(),
      manifest.contributes.commands.map(({ command }) => command).toSorted(),
    );
  });

  it('are the only way to run or register a command of the extension', async () => {
    const found: string[] = [];
    for await (const file of glob('src/**/*.ts')) {
      if (/executeCommand\(\s*['"`]cloudflareWebhooks\.|registerCommand\(/.test(await readFile(file, 'utf8'))) {
        found.push(file);
      }
    }
    assert.deepEqual(found, ['src/ui/host/commands.ts']);
  });
});

describe('the language model tools', () => {
  const { languageModelTools } = manifest.contributes;

  it('are those that package.json contributes, with names that VS Code accepts', () => {
    const names = languageModelTools.map(({ name }) => name);
    assert.deepEqual(names.toSorted(), Object.values(TOOLS).toSorted());
    // The pattern of VS Code, and then its guide: a verb and a noun, after a prefix.
    assert.ok(names.every((name) => /^(?!copilot_|vscode_)[\w-]+$/.test(name)));
    assert.ok(names.every((name) => /^cloudflare-webhooks_(list|get)_[a-z_]+$/.test(name)));
  });

  it('are offered only where an account exists', () => {
    assert.ok(languageModelTools.every(({ when }) => when === 'cloudflareWebhooks.state == ready'));
  });
});
