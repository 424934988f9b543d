import assert from 'node:assert/strict';
import { findReleaseProblems } from '../../../scripts/check-release.ts';
import { isPreRelease, toPackagedReadme } from '../../../scripts/package-extension.ts';

const README = `# Name

Text with [a page](docs/page.md) and [a site](https://example.com/).

![A picture](docs/images/picture.png)

## Try it

    npm start

## Privacy

See [SECURITY.md](SECURITY.md).
`;

describe('a release', () => {
  const manifest = { version: '0.4.0', repository: { url: 'https://example.com/' } };
  const changelog = '# Changelog\n\n## [Unreleased]\n\n## [0.4.0] - 2026-12-01\n';

  it('is possible when tag, version and changelog agree and the repository is known', () => {
    assert.deepEqual(findReleaseProblems('v0.4.0', manifest, changelog), []);
  });

  it('is not possible otherwise', () => {
    assert.match(findReleaseProblems('v0.4.1', manifest, changelog).join(), /The tag is v0\.4\.1, but the version/);
    assert.match(findReleaseProblems('v0.4.0', manifest, '## [Unreleased]').join(), /no section for 0\.4\.0/);
    assert.match(findReleaseProblems('v0.4.0', { version: '0.4.0' }, changelog).join(), /names no repository/);
  });

  it('is a pre-release when the minor number is odd', () => {
    assert.deepEqual(['0.1.0', '0.3.12', '1.11.0', '0.2.0', '1.0.1'].map(isPreRelease), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the packaged README', () => {
  it('has no section for a checkout', () => {
    assert.doesNotMatch(toPackagedReadme(README, true), /Try it|npm start/);
    assert.match(toPackagedReadme(README, true), /## Privacy/);
  });

  it('has pictures and relative links only where vsce can turn them into URLs', () => {
    assert.match(toPackagedReadme(README, true), /!\[A picture\]\(docs\/images\/picture\.png\)/);
    const plain = toPackagedReadme(README, false);
    assert.doesNotMatch(plain, /picture|docs\/|\(SECURITY\.md\)/);
    assert.match(plain, /Text with a page and \[a site\]\(https:\/\/example\.com\/\)\./);
    assert.match(plain, /See SECURITY\.md\./);
  });
});
