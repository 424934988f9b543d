import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { COMMANDS } from '../../../../src/ui/host/ids.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
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
