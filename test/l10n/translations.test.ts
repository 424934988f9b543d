import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';

const LANGUAGES = ['de', 'fr', 'ja', 'zh-cn'] as const;

type Strings = Readonly<Record<string, string>>;

/** `{0}`, sorted: a translation may change their order. */
function placeholdersOf(text: string): readonly string[] {
  return (text.match(/\{\d\}/g) ?? []).toSorted();
}

/** The titles of commands in English typographic quotes. */
function quotedIn(text: string): readonly string[] {
  return [...text.matchAll(/“([^”{}]+…)”/g)].map(([, title = '']) => title);
}

async function readStrings(file: string): Promise<Strings> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Fails with the first differences, so that the message can be acted on. */
function assertTranslates(english: Strings, translated: Strings, file: string): void {
  const missing = Object.keys(english).filter((key) => translated[key] === undefined);
  const stale = Object.keys(translated).filter((key) => english[key] === undefined);
  assert.deepEqual(missing.slice(0, 10), [], `${file} lacks ${missing.length} strings`);
  assert.deepEqual(stale.slice(0, 10), [], `${file} has ${stale.length} strings that no code uses`);
  for (const [key, text] of Object.entries(english)) {
    const translation = translated[key] ?? '';
    assert.notEqual(translation.trim(), '', `${file}: ${key}`);
    assert.deepEqual(placeholdersOf(translation), placeholdersOf(text), `${file}: ${key}`);
    assert.equal(translation.includes('\n'), text.includes('\n'), `${file}: ${key}`);
    assert.equal((translation.match(/`/g) ?? []).length, (text.match(/`/g) ?? []).length, `${file}: ${key}`);
  }
}

describe('translations', function () {
  this.timeout(60_000);
  let code: Strings;

  before(async () => {
    const files: string[] = [];
    for await (const file of glob('src/**/*.ts')) {
      files.push(file);
    }
    const contents = await Promise.all(files.map(async (file) => readFile(file, 'utf8')));
    const found = await getL10nJson(contents.map((each) => ({ contents: each, extension: '.ts' })));
    code = Object.fromEntries(
      Object.entries(found).map(([key, value]) => [key, typeof value === 'string' ? value : value.message]),
    );
  });

  for (const language of LANGUAGES) {
    it(`translates every string of the code into ${language}, with the same placeholders`, async () => {
      const file = path.join('l10n', `bundle.l10n.${language}.json`);
      assertTranslates(code, await readStrings(file), file);
    });

    it(`translates every string of the manifest into ${language}`, async () => {
      const file = `package.nls.${language}.json`;
      assertTranslates(await readStrings('package.nls.json'), await readStrings(file), file);
    });
  }

  it('has a manifest title for each command that a message quotes', async () => {
    const titles = new Set(Object.values(await readStrings('package.nls.json')));
    const words = new Set(Object.values(code));
    const unknown = Object.values(code).flatMap((text) =>
      quotedIn(text).filter((title) => !titles.has(title) && !words.has(title)),
    );
    assert.deepEqual(unknown, []);
  });
});
