import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';

describe('motion', () => {
  it('does not exist in any page or picture, so that there is nothing to reduce', async () => {
    const moving: string[] = [];
    for await (const file of glob('{media,src/webview}/**/*.{css,svg,ts}')) {
      const found = /\b(animation|transition|scroll-behavior|smooth|animate|<set)\b/.exec(await readFile(file, 'utf8'));
      moving.push(...(found ? [`${file}: ${found[0]}`] : []));
    }
    assert.deepEqual(moving, []);
  });
});
