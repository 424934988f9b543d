import { skippedIn } from '../api/skipped.ts';
import type { ExportedDestination } from '../formats/export-file.ts';
import { guessType, typeOrGeneric } from '../model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../model/destination.ts';
import { checkDraft, type DraftProblem } from '../model/draft-check.ts';
import { canStandFor } from '../model/plan.ts';
import { isSameAddress, normalizeAddress, normalizeName } from '../model/web-address.ts';
import { lacksSecret } from '../model/whole-url.ts';

/** A destination to create, from a file or from another account. */
export type Wanted = ExportedDestination & {
  /** Known where the destination comes from this machine, or typed by the user. Never from a file. */
  readonly secret?: string;
};

/** What an import does with one destination. Only `create` sends anything. */
export type ImportEntry = { readonly wanted: Wanted } & (
  | { readonly kind: 'create'; readonly draft: Draft }
  /** The account has it already, or the file has it twice. */
  | { readonly kind: 'same'; readonly existing?: Destination }
  /** The account has fewer with this name and URL than are wanted. `existing`: one that this may be, and no other entry is. */
  | { readonly kind: 'unclear'; readonly existing?: Destination }
  /** The account may have it: its list has entries that could not be read. */
  | { readonly kind: 'unclear'; readonly mayBeUnread: true }
  /** The account has one with the same name and another URL or type, or with the same URL and another name. */
  | { readonly kind: 'differs'; readonly existing: Destination; readonly fields: readonly ('name' | 'url' | 'type')[] }
  /** The URL, its secret part or the secret is needed first. `url`: the part that is known. */
  | { readonly kind: 'incomplete'; readonly needs: 'url' | 'secret'; readonly url: string }
  | { readonly kind: 'invalid'; readonly problem: DraftProblem }
);

/**
 * Compares what is wanted with what the account has. A destination is recognized by its name and URL; where the file has only
 * the host, by name, host and type. Each existing destination stands for one wanted one at most, and an exact match goes
 * first, so that two with the same name are told apart. A URL that many share counts only together with the name, and where
 * fewer exist than are wanted, none is created. Sends nothing. A second import plans only what the first did not create.
 * `existing` is the very list that the client returned: where that left out entries that could not be read, none is created.
 */
export function planImport(wanted: readonly Wanted[], existing: readonly Destination[]): readonly ImportEntry[] {
  const left = new Set(existing);
  const byName = Map.groupBy(existing, ({ name }) => keyOfName(name));
  const byUrl = Map.groupBy(existing, ({ url }) => normalizeAddress(url));
  const namesakes = ({ name }: Wanted): readonly Destination[] => byName.get(keyOfName(name)) ?? [];
  const entries: (ImportEntry | undefined)[] = wanted.map(() => undefined);

  const claim = (match: (each: Wanted, candidates: readonly Destination[]) => ImportEntry | undefined): void => {
    for (const [index, each] of wanted.entries()) {
      if (!entries[index]) {
        const named = namesakes(each).filter((one) => left.has(one));
        const entry = match(each, named);
        entries[index] = entry;
        if (entry && 'existing' in entry && entry.existing) {
          left.delete(entry.existing);
        }
      }
    }
  };
  const same = (each: Wanted, found: Destination | undefined): ImportEntry | undefined =>
    found && { wanted: each, kind: 'same', existing: found };

  claim((each, named) =>
    same(
      each,
      named.find((one) => each.url !== undefined && isSameAddress(one.url, each.url)),
    ),
  );
  claim((each, named) =>
    same(
      each,
      named.find((one) => isSameTarget(each, one)),
    ),
  );
  // After the claims, because the account may have twins too.
  const seen = new Set<string>();
  for (const [index, each] of wanted.entries()) {
    const { name, url } = each;
    const secret = secretOf(each);
    if (url !== undefined && (secret !== undefined || !isShared(url))) {
      const key = JSON.stringify([keyOfName(name), normalizeAddress(url), secret]);
      entries[index] ??= seen.has(key) ? { wanted: each, kind: 'same' } : undefined;
      seen.add(key);
    }
  }
  // Those that may be what the account has, which another one claimed: any of them may be the missing one.
  const doubtful = new Set<Destination>();
  claim((each) => {
    const possible = namesakes(each).filter(
      (one) => each.url !== undefined && isShared(one.url) && isSameTarget(each, one),
    );
    for (const one of possible) {
      doubtful.add(one);
    }
    return possible.length > 0 ? { wanted: each, kind: 'unclear' } : undefined;
  });
  for (const [index, entry] of entries.entries()) {
    if (entry?.kind === 'same' && entry.existing && doubtful.has(entry.existing)) {
      entries[index] = { ...entry, kind: 'unclear' };
    }
  }
  // Those that would be created, and those that say that something changed.
  claim(
    (each, [other]) => other && { wanted: each, kind: 'differs', existing: other, fields: differencesOf(each, other) },
  );
  claim((each) => {
    const address = each.url === undefined ? undefined : normalizeAddress(each.url);
    const renamed =
      address === undefined || isShared(address) ? undefined : byUrl.get(address)?.find((one) => left.has(one));
    return renamed && toDraft(each).kind === 'create'
      ? { wanted: each, kind: 'differs', existing: renamed, fields: ['name'] }
      : undefined;
  });
  const isPartial = skippedIn(existing) > 0;
  return wanted.map((each, index) => {
    const entry = entries[index] ?? toDraft(each);
    return isPartial && (entry.kind === 'create' || entry.kind === 'incomplete')
      ? { wanted: each, kind: 'unclear', mayBeUnread: true }
      : entry;
  });
}

/** Whether many destinations have this URL: all customers of the service call it, or its secret part is missing. */
function isShared(url: string): boolean {
  const type = guessType(url);
  return type !== undefined && (type.secret === 'required' || lacksSecret(type, url));
}

/** Names that look the same are the same. */
function keyOfName(name: string): string {
  return normalizeName(name).normalize('NFC');
}

function isSameTarget({ url, host, type }: Wanted, existing: Destination): boolean {
  if (url !== undefined) {
    return canStandFor(existing.url, url) || canStandFor(url, existing.url);
  }
  return host.toLowerCase() === hostOf(existing.url).toLowerCase() && (type === '' || type === existing.type);
}

function differencesOf({ url, host, type }: Wanted, existing: Destination): readonly ('url' | 'type')[] {
  const isOtherUrl =
    url === undefined ? host.toLowerCase() !== hostOf(existing.url).toLowerCase() : !isSameAddress(url, existing.url);
  const isOtherType = type !== '' && type !== existing.type;
  return [...(isOtherUrl ? (['url'] as const) : []), ...(isOtherType ? (['type'] as const) : [])];
}

/** The secret to send: none beside a URL that contains it. */
function secretOf({ url = '', secret }: Wanted): string | undefined {
  const address = normalizeAddress(url);
  const type = guessType(address);
  return type?.secret === 'url' && !lacksSecret(type, address) ? undefined : secret;
}

/** What is created, or what is missing for that. */
function toDraft(wanted: Wanted): ImportEntry {
  const { name, url } = wanted;
  if (url === undefined) {
    return { wanted, kind: 'incomplete', needs: 'url', url: '' };
  }
  const address = normalizeAddress(url);
  const secret = secretOf(wanted);
  const draft: Draft = { name: normalizeName(name), url: address, ...(secret === undefined ? {} : { secret }) };
  // Without the white space inside, the URL may be another one. The user sees that while typing, but not in a file.
  const problem = checkDraft({ ...draft, url }, { secret: false }).find(
    ({ severity, problem: { kind } }) => severity === 'error' || kind === 'invisible',
  )?.problem;
  if (problem?.kind === 'incomplete' || problem?.kind === 'missing') {
    return { wanted, kind: 'incomplete', needs: problem.kind === 'missing' ? 'secret' : 'url', url: address };
  }
  // Cloudflare derives the type from the URL, whatever the file says.
  const { type } = typeOrGeneric(guessType(address)?.type ?? '');
  return problem ? { wanted, kind: 'invalid', problem } : { wanted: { ...wanted, type }, kind: 'create', draft };
}

/**
 * An incomplete entry with what the user typed for it; empty counts as nothing. A secret is taken only where the URL needs one,
 * because it may have been typed for another URL. Other entries are returned as they are.
 */
export function completeEntry(
  entry: ImportEntry,
  { url, secret }: { readonly url?: string | undefined; readonly secret?: string | undefined },
): ImportEntry {
  if (entry.kind !== 'incomplete') {
    return entry;
  }
  const withUrl = toDraft({ ...entry.wanted, ...(url ? { url } : {}) });
  return secret && withUrl.kind === 'incomplete' && withUrl.needs === 'secret'
    ? toDraft({ ...withUrl.wanted, secret })
    : withUrl;
}
