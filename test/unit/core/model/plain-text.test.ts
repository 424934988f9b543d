import assert from 'node:assert/strict';
import { assert as forAll, property } from 'fast-check';
import { anyText } from '../../any-text.ts';
import { plain, plainName } from '../../../../src/core/model/plain-text.ts';

describe('plain text', () => {
  it('is one line without control, bidirectional and zero-width characters', () => {
    assert.equal(
      plain('a\u0000b\u202Ec\u2066d\u200Be\uFEFFf\u00ADg\nh\r\n\ti\u2028j\u2029k\u0085l\uFE0Fm\u{E0041}n\uD800o'),
      'abcdefg h i j klmno',
    );
  });

  it('keeps letters and signs of every language', () => {
    assert.equal(plain('Zürich – 東京 (𝒳) $(x) [a](b) *c*'), 'Zürich – 東京 (𝒳) $(x) [a](b) *c*');
  });

  it('is bounded', () => {
    assert.equal(plain('abcdef', 3), 'abc…');
    assert.equal(plain('x'.repeat(5000)).length, 2001);
  });

  it('of a name is short, so that the sentence around it stays, and empty without a visible character', () => {
    assert.equal(plainName(' a\n\u200B'), 'a');
    assert.equal(plainName('\u200B \u202E\n'), '');
    assert.equal(plainName('x'.repeat(5000)).length, 201);
  });

  it('holds for any text, and for its own result', () => {
    forAll(
      property(anyText(), (text) => {
        const line = plain(text);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
        assert.equal(plain(line), line);
      }),
    );
  });
});
