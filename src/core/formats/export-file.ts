import * as v from 'valibot';
import { isObject } from '../api/decode-list.ts';
import { hostOf } from '../model/destination.ts';
import type { Destination } from '../model/destination.ts';
import { type Policy, policiesOf } from '../model/policy.ts';

/**
 * The destinations of accounts in a `.cfwebhooks.json` file. It never contains a secret. It is sorted and has no time of its
 * own, so that two exports of the same state are the same file.
 */
export type ExportFile = { readonly version: 1; readonly accounts: readonly ExportedAccount[] };

export type ExportedAccount = {
  readonly id: string;
  readonly name: string;
  readonly destinations: readonly ExportedDestination[];
};

export type ExportedDestination = {
  readonly name: string;
  /** As the API writes it; empty in a file that does not say it. */
  readonly type: string;
  /** Host and port of the URL. */
  readonly host: string;
  /** Only where the user chose to export whole URLs. Cloudflare cuts the secret part out of some. */
  readonly url?: string;
  /** The ID at the time of the export, for information. */
  readonly id?: string;
  /** The policies that used it, for information. */
  readonly policies?: readonly { readonly id: string; readonly name: string }[];
};

export type AccountToExport = {
  readonly id: string;
  readonly name: string;
  readonly destinations: readonly Destination[];
  /** Undefined if the policies could not be loaded; the file then says nothing about them. */
  readonly policies: readonly Policy[] | undefined;
};

/** Larger files are refused, in characters. An account has some hundred destinations of some hundred characters. */
export const LARGEST_FILE = 5_000_000;
/** The most destinations of one file. */
const MOST_DESTINATIONS = 20_000;

/** Builds the file. `urls`: whether to write whole URLs, which are credentials for most types. */
export function toExportFile(accounts: readonly AccountToExport[], urls: 'host' | 'whole'): ExportFile {
  return {
    version: 1,
    accounts: accounts
      .map(({ id, name, destinations, policies }) => ({
        id,
        name,
        destinations: destinations
          .map((destination): ExportedDestination => {
            const using =
              policies && policiesOf(policies, destination.id).map((each) => ({ id: each.id, name: each.name }));
            return {
              name: destination.name,
              type: destination.type,
              host: hostOf(destination.url),
              ...(urls === 'whole' ? { url: destination.url } : {}),
              id: destination.id,
              ...(using ? { policies: using.toSorted(byNameAndId) } : {}),
            };
          })
          .toSorted(byNameAndId),
      }))
      .toSorted(byNameAndId),
  };
}

/** By code units, so that the order does not depend on the language of the machine. */
function byNameAndId(a: Named, b: Named): number {
  return compare(a.name, b.name) || compare(a.id ?? '', b.id ?? '');
}

type Named = { readonly name: string; readonly id?: string };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** JSON with two-space indentation and a final newline. */
export function formatExportFile(file: ExportFile): string {
  const json = JSON.stringify(file, undefined, 2);
  // VS Code offers to remove these line separators from a document.
  return `${json.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`)}\n`;
}

/** Why a file cannot be imported; `ui` has the sentences. `at`: the place, for example `accounts.0.destinations.3.name`. */
export type FileProblem =
  | { readonly kind: 'tooLarge' | 'notJson' | 'unknownFormat' | 'empty' | 'tooMany' }
  | { readonly kind: 'newerVersion'; readonly version: number }
  | { readonly kind: 'malformed'; readonly at: string };

export type ReadFile =
  | { readonly ok: true; readonly destinations: readonly ExportedDestination[] }
  | { readonly ok: false; readonly problem: FileProblem };

const text = v.pipe(v.string(), v.maxLength(10_000));
const exportedSchema = v.object({
  name: text,
  type: v.optional(text, ''),
  host: v.optional(text, ''),
  url: v.optional(text),
  id: v.optional(text),
});
const fileSchema = v.object({
  version: v.literal(1),
  accounts: v.array(v.object({ destinations: v.array(exportedSchema) })),
});
/** The answer of the API, or its `result`. Cloudflare sends null for absent fields. */
const listedSchema = v.pipe(
  v.unknown(),
  v.check(isObject),
  v.object({ name: v.nullish(text, ''), type: v.nullish(text, ''), url: v.nullish(text, '') }),
);

/**
 * Reads a file: an export of this extension, or the API's answer to the list call or its `result`. Never throws, and takes
 * at most {@link LARGEST_FILE} characters.
 */
export function readExportFile(content: string): ReadFile {
  if (content.length > LARGEST_FILE) {
    return refuse({ kind: 'tooLarge' });
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return refuse({ kind: 'notJson' });
  }
  if (isObject(value) && Object.hasOwn(value, 'version')) {
    const { version } = value;
    return typeof version === 'number' && version > 1
      ? refuse({ kind: 'newerVersion', version })
      : check(v.safeParse(fileSchema, value), ({ accounts }) => accounts.flatMap(({ destinations }) => destinations));
  }
  const listed = isObject(value) && Object.hasOwn(value, 'result') ? value['result'] : value;
  return Array.isArray(listed)
    ? check(v.safeParse(v.array(listedSchema), listed), (all) =>
        all.map(({ name, type, url }) => ({ name, type, host: hostOf(url), ...(url === '' ? {} : { url }) })),
      )
    : refuse({ kind: 'unknownFormat' });
}

function check<T extends v.GenericSchema>(
  parsed: v.SafeParseResult<T>,
  toDestinations: (output: v.InferOutput<T>) => readonly v.InferOutput<typeof exportedSchema>[],
): ReadFile {
  if (!parsed.success) {
    return refuse({ kind: 'malformed', at: v.getDotPath(parsed.issues[0]) ?? '' });
  }
  const destinations = toDestinations(parsed.output).map(({ name, type, host, url, id }) => ({
    name,
    type,
    host: url === undefined ? host : hostOf(url),
    ...(url === undefined ? {} : { url }),
    ...(id === undefined ? {} : { id }),
  }));
  return destinations.length === 0
    ? refuse({ kind: 'empty' })
    : destinations.length > MOST_DESTINATIONS
      ? refuse({ kind: 'tooMany' })
      : { ok: true, destinations };
}

function refuse(problem: FileProblem): ReadFile {
  return { ok: false, problem };
}
