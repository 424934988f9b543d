import assert from 'node:assert/strict';
import { canonicalForms, toCanonical } from '../../../../src/core/api/canonical-text.ts';

describe('canonical text', () => {
  it('keeps the positions of the original for every resolved escape', () => {
    const forms = toCanonical(String.raw`A%62\u0063&amp;\/d`);
    assert.deepEqual(
      forms.map(({ text }) => text),
      [String.raw`a%62\u0063&amp;\/d`, 'abc&/d'],
    );
    assert.deepEqual(forms[1]?.starts, [0, 1, 4, 10, 15, 17]);
    assert.deepEqual(forms[1]?.ends, [1, 4, 10, 15, 17, 18]);
  });

  it('maps an escape of an escape to the whole original', () => {
    const [, once, twice, ...others] = toCanonical('%2541b');
    assert.deepEqual([once?.text, once?.starts, once?.ends], ['%41b', [0, 3, 4, 5], [3, 4, 5, 6]]);
    assert.deepEqual([twice?.text, twice?.starts, twice?.ends], ['ab', [0, 5], [5, 6]]);
    assert.deepEqual(others, []);
  });

  it('resolves escapes of three levels, and no more', () => {
    assert.deepEqual(
      toCanonical('%2525252541').map(({ text }) => text),
      ['%2525252541', '%25252541', '%252541', '%2541'],
    );
  });

  it('folds the case of every letter where no length changes, and of ASCII letters elsewhere', () => {
    assert.equal(toCanonical('AÉ z')[0].text, 'aé z');
    // The lower-case form of İ has two characters, which would move all later positions.
    assert.equal(toCanonical('İAbÉ')[0].text, 'İabÉ');
  });

  it('resolves the HTML escapes of ASCII and of short numbers', () => {
    assert.equal(
      toCanonical('&lt;&GT;&quot;&apos;&#39;&#x2F;&#0047;&#xe9;&#x2019;&none;')[1]?.text,
      `<>"''//é&#x2019;&none;`,
    );
  });

  it('reads a plus sign as a space, as forms encode it', () => {
    assert.equal(toCanonical('a+b')[0].text, 'a b');
  });

  it('distinguishes base64 from the other forms of a secret', () => {
    const forms = canonicalForms('a b?c/d');
    assert.deepEqual(
      forms.filter(({ isBase64 }) => !isBase64).map(({ text }) => text),
      ['a b?c/d', 'a%20b%3fc%2fd', 'a b?c/d'],
    );
    const encoded = btoa('a b?c/d').replace(/.=*$/, '').toLowerCase();
    assert.ok(forms.some(({ text, isBase64 }) => isBase64 && text.startsWith(encoded)));
  });

  it('knows both alphabets of base64', () => {
    const texts = new Set(canonicalForms('ÿÿÿ>>>???').map(({ text }) => text));
    assert.ok(texts.has(Buffer.from('ÿÿÿ>>>???').toString('base64').toLowerCase().replaceAll('+', ' ')));
    assert.ok(texts.has(Buffer.from('ÿÿÿ>>>???').toString('base64url').toLowerCase()));
  });
});
