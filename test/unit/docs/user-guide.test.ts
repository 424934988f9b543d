import assert from 'node:assert/strict';
import { glob, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

type Manifest = {
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
};

/** A string literal of the sources. The formatter uses double quotes where the text has an apostrophe. */
const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;

/** Placeholders stand for anything, and documents write them as an ellipsis. */
const withoutPlaceholders = (text: string): string => text.replaceAll(/\{\d+\}/g, '…');

/** Every text that the extension can show, with an ellipsis for what differs. */
async function readShownTexts(): Promise<ReadonlySet<string>> {
  const strings: Record<string, string> = JSON.parse(await readFile('package.nls.json', 'utf8'));
  const texts = new Set(Object.values(strings).map(withoutPlaceholders));
  for await (const file of glob('src/ui/**/*.ts')) {
    const source = await readFile(file, 'utf8');
    for (const [literal] of source.matchAll(LITERAL)) {
      const text = literal
        .slice(1, -1)
        .replaceAll(String.raw`\n`, '\n')
        .replaceAll(/\\(.)/g, '$1');
      texts.add(withoutPlaceholders(text));
      // A quoted line may be the first line of a text.
      texts.add(withoutPlaceholders(text.split('\n')[0] ?? ''));
    }
  }
  return texts;
}

async function listPages(): Promise<readonly string[]> {
  const pages = ['README.md', 'SUPPORT.md', 'SECURITY.md', 'RELEASING.md', 'docs/peers.md'];
  for await (const page of glob('docs/users/*.md')) {
    pages.push(page);
  }
  return pages;
}

/** The ID that GitHub gives a heading. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

describe('the user guide', () => {
  let shown: ReadonlySet<string>;
  before(async () => {
    shown = await readShownTexts();
  });

  it('names only commands, buttons and choices that the extension shows', async () => {
    for await (const file of glob('docs/users/*.md')) {
      for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(/\*\*([^*]+)\*\*/g)) {
        assert.ok(file.endsWith('README.md') || shown.has(name), `${file}: “${name}” is not in the extension`);
      }
    }
  });

  it('quotes only sentences of the extension', async () => {
    for await (const file of glob('docs/users/*.md')) {
      for (const [, sentence = ''] of (await readFile(file, 'utf8')).matchAll(/^> (.+)$/gm)) {
        assert.ok(shown.has(sentence), `${file}: the extension does not say “${sentence}”`);
      }
    }
  });

  it('names only headlines that the extension shows, and settings that exist', async () => {
    const manifest: Manifest = JSON.parse(await readFile('package.json', 'utf8'));
    const settings = Object.keys(manifest.contributes.configuration.properties);
    const text = await readFile('docs/users/troubleshooting.md', 'utf8');
    const [, messages = ''] = text.split('## By message');
    const headlines = [...(messages.split(/^## /m)[0] ?? '').matchAll(/^### (.+)$/gm)].flatMap(([, line = '']) =>
      line.split(', '),
    );
    assert.ok(headlines.length > 5);
    for (const headline of headlines) {
      assert.ok(shown.has(headline), headline);
    }
    for (const page of await listPages()) {
      for (const [name] of (await readFile(page, 'utf8')).matchAll(/(?<=`)cloudflareWebhooks\.\w+(?=`)/g)) {
        assert.ok(settings.includes(name), `${page}: ${name}`);
      }
    }
  });

  it('links only to files and headings that exist', async () => {
    for (const page of await listPages()) {
      const text = await readFile(page, 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? page : path.join(path.dirname(page), file);
        await stat(linked).catch(() => assert.fail(`${page}: ${target} does not exist`));
        if (anchor !== undefined) {
          const headings = [...(await readFile(linked, 'utf8')).matchAll(/^#+ (.+)$/gm)].map(
            ([, heading = '']) => heading,
          );
          assert.ok(headings.map(toAnchor).includes(anchor), `${page}: ${target}`);
        }
      }
    }
  });

  it('keeps the README short', async () => {
    assert.ok((await readFile('README.md', 'utf8')).split('\n').length < 120);
  });
});
