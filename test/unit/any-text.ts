import * as fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };

/** Any characters. `fc.string({ unit: 'binary' })` and `fc.webUrl` first list all of Unicode, which takes a second of a process. */
export const anyText = (limits: fc.ArrayConstraints = {}): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 0x10_ff_ff - SURROGATES.count }), limits)
    .map((points) =>
      points.map((each) => String.fromCodePoint(each < SURROGATES.first ? each : each + SURROGATES.count)).join(''),
    );

/** Any URL with http or https, a domain and a path, and perhaps a query and a fragment. */
export const anyUrl = (schemes: readonly string[] = ['http', 'https']): fc.Arbitrary<string> => {
  const part = anyText({ maxLength: 6 }).map(encodeURIComponent);
  const optional = (mark: string): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant(''),
      part.map((text) => `${mark}${text}`),
    );
  return fc
    .tuple(fc.constantFrom(...schemes), fc.domain(), fc.array(part, { maxLength: 4 }), optional('?'), optional('#'))
    .map(([scheme, domain, path, query, fragment]) => `${scheme}://${domain}/${path.join('/')}${query}${fragment}`);
};
