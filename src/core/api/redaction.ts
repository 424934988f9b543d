/** Where a secret stood. */
const CUT = '•••';

export type Redactor = {
  /** From now on this very text is cut out wherever it occurs: a token, a secret, a webhook URL, of which also the parts. */
  remember(secret: string): void;
  /** The text without remembered secrets, tokens of any known shape, or more of a URL than scheme and host. */
  redact(text: string): string;
};

/** Shorter ones would cut ordinary words; Cloudflare's tokens have 40 characters and more. */
const SHORTEST_SECRET = 6;
/** Longer than the words all URLs of a service have ("services", "open-apis"), shorter than a secret. */
const SHORTEST_SECRET_PART = 16;

/**
 * Cuts credentials out of text that is about to be logged or shown: the ones it was told of and, in case it was not,
 * whatever looks like one. URLs lose path, query, user and fragment, since for most destinations those are the secret.
 */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    remember(secret) {
      for (const each of [secret, ...partsOf(secret)]) {
        if (each.length >= SHORTEST_SECRET) {
          secrets.add(each);
        }
      }
    },
    redact(text) {
      // Longest first, so that a secret that holds another leaves no rest behind.
      const known = [...secrets].toSorted((a, b) => b.length - a.length);
      return redactPatterns(known.reduce((rest, secret) => rest.replaceAll(secret, CUT), text));
    },
  };
}

/** Of a URL what a receiver may quote without the host: "Cannot POST /hooks/…". */
function partsOf(secret: string): readonly string[] {
  if (!/^https?:\/\//i.test(secret) || !URL.canParse(secret)) {
    return [];
  }
  const { pathname, search, searchParams } = new URL(secret);
  const parts = [...pathname.split('/'), ...searchParams.values()];
  return [pathname + search, pathname, ...parts.filter(({ length }) => length >= SHORTEST_SECRET_PART)];
}

/** The part of {@link Redactor.redact} that needs no memory: tokens by their shape, URLs down to scheme and host. */
export function redactPatterns(text: string): string {
  return text
    .replace(/\bcf(?:ut|at|k)_[\w-]+/g, CUT)
    .replace(/\b(bearer|genie-?key|splunk)\s+(?!•)[\w\-.~+/]{6,}=*/gi, `$1 ${CUT}`)
    .replace(
      /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'<>\\]*@)?([^\s/?#"'<>\\@]*)([/?#][^\s"'<>\\]*)?/gi,
      (_whole, scheme: string, host: string, rest: string | undefined) =>
        rest === undefined || rest === '/' ? `${scheme}${host}${rest ?? ''}` : `${scheme}${host}/${CUT}`,
    );
}
