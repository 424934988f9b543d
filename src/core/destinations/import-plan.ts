import type { ExportedDestination } from '../formats/export-file.ts';
import { guessType, typeOrGeneric } from '../model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../model/destination.ts';
import { checkDraft, type DraftProblem } from '../model/draft-check.ts';
import { canStandFor } from '../model/plan.ts';
import { isSameAddress, normalizeAddress, normalizeName } from '../model/web-address.ts';
import { lacksSecret } from '../model/whole-url.ts';

/** A destination to create, from a file or from another account. */
export type Wanted = ExportedDestination & {
  /** Known where the destination comes from this machine. Never from a file. */
  readonly secret?: string;
};

/** What an import does with one destination. Only `create` sends anything. */
export type ImportEntry = { readonly wanted: Wanted } & (
  | { readonly kind: 'create'; readonly draft: Draft }
  /** The account has it already, or the file has it twice. */
  | { readonly kind: 'same'; readonly existing?: Destination }
  /** The account has one with the same name and another URL or type, or with the same URL and another name. */
  | { readonly kind: 'differs'; readonly existing: Destination; readonly fields: readonly ('name' | 'url' | 'type')[] }
  /** The URL, its secret part or the secret is needed first. `url`: the part that is known. */
  | { readonly kind: 'incomplete'; readonly needs: 'url' | 'secret'; readonly url: string }
  | { readonly kind: 'invalid'; readonly problem: DraftProblem }
);

/**
 * Compares what is wanted with what the account has. A destination is recognized by its name and URL; where the file has only
 * the host, by name, host and type. Sends nothing, and a second import after the first plans nothing new.
 */
export function planImport(wanted: readonly Wanted[], existing: readonly Destination[]): readonly ImportEntry[] {
  const planned = new Set<string>();
  const byName = Map.groupBy(existing, ({ name }) => normalizeName(name));
  return wanted.map((each): ImportEntry => {
    const found = compare(each, existing, byName.get(normalizeName(each.name)) ?? []);
    if (found) {
      return found;
    }
    const entry = toDraft(each);
    if (entry.kind === 'create') {
      const key = JSON.stringify([normalizeName(entry.draft.name), normalizeAddress(entry.draft.url)]);
      if (planned.has(key)) {
        return { wanted: each, kind: 'same' };
      }
      planned.add(key);
    }
    return entry;
  });
}

function compare(wanted: Wanted, all: readonly Destination[], named: readonly Destination[]): ImportEntry | undefined {
  const same = named.find((each) => isSameTarget(wanted, each));
  if (same) {
    return { wanted, kind: 'same', existing: same };
  }
  const [other] = named;
  if (other) {
    const isOtherType = wanted.type !== '' && wanted.type !== other.type;
    return { wanted, kind: 'differs', existing: other, fields: isOtherType ? ['url', 'type'] : ['url'] };
  }
  const { url } = wanted;
  // A cut URL is shared by many webhooks, so only a whole one says that it is the same.
  const renamed = url !== undefined && !isCut(url) ? all.find((each) => isSameAddress(each.url, url)) : undefined;
  return renamed && { wanted, kind: 'differs', existing: renamed, fields: ['name'] };
}

function isSameTarget({ url, host, type }: Wanted, existing: Destination): boolean {
  if (url !== undefined) {
    return canStandFor(existing.url, url) || canStandFor(url, existing.url);
  }
  return host.toLowerCase() === hostOf(existing.url).toLowerCase() && (type === '' || type === existing.type);
}

function isCut(url: string): boolean {
  const type = guessType(url);
  return type !== undefined && lacksSecret(type, url);
}

/** Completes an entry with what the user entered, or says what is still missing. */
export function toDraft(wanted: Wanted): ImportEntry {
  const { name, url, secret, type } = wanted;
  if (url === undefined) {
    return { wanted, kind: 'incomplete', needs: 'url', url: '' };
  }
  const address = normalizeAddress(url);
  const draft: Draft = { name: normalizeName(name), url: address, ...(secret === undefined ? {} : { secret }) };
  const problem = checkDraft(draft, { secret: false }).find(({ severity }) => severity === 'error')?.problem;
  if (problem?.kind === 'incomplete' || problem?.kind === 'missing') {
    return { wanted, kind: 'incomplete', needs: problem.kind === 'missing' ? 'secret' : 'url', url: address };
  }
  return problem
    ? { wanted, kind: 'invalid', problem }
    : {
        wanted: { ...wanted, type: type || typeOrGeneric(guessType(address)?.type ?? '').type },
        kind: 'create',
        draft,
      };
}
