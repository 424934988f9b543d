import * as v from 'valibot';
import { isObject } from '../api/decode-list.ts';
import { hostOf } from '../model/destination.ts';
import type { Destination } from '../model/destination.ts';
import { type Policy, policiesOf } from '../model/policy.ts';
import { toJsonText } from './json-text.ts';

/**
 * The destinations of accounts in a `.cfwebhooks.json` file. It has no secret beside a URL, and whole URLs, which are
 * credentials for most types, only where they were asked for. It is sorted and has no time of its own, so that two exports of
 * the same state are the same file.
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

/**
 * Builds the file. `urls`: whether to write whole URLs, which are credentials for most types: all, none, or those of some
 * destinations.
 */
export function toExportFile(
  accounts: readonly AccountToExport[],
  urls: 'host' | 'whole' | ((destination: Destination) => boolean),
): ExportFile {
  const isWhole = typeof urls === 'function' ? urls : () => urls === 'whole';
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
              ...(isWhole(destination) ? { url: destination.url } : {}),
              id: destination.id,
              ...(using ? { policies: using.toSorted(byNameAndId) } : {}),
            };
          })
          .toSorted(byNameAndId),
      }))
      .toSorted(byNameAndId),
  };
}

/** Compares by code units, so that the order of a file does not depend on the language of the machine. */
export function byNameAndId(a: Named, b: Named): number {
  return compare(a.name, b.name) || compare(a.id ?? '', b.id ?? '');
}

type Named = { readonly name: string; readonly id?: string };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** JSON with two-space indentation and a final newline. */
export function formatExportFile(file: ExportFile): string {
  return toJsonText(file);
}

/** Why a file cannot be imported; `ui` has the sentences. `at`: the place, for example `accounts.0.destinations.3.name`. */
export type FileProblem =
  | { readonly kind: 'tooLarge' | 'otherEncoding' | 'notJson' | 'unknownFormat' | 'empty' | 'tooMany' }
  | { readonly kind: 'newerVersion'; readonly version: number }
  | { readonly kind: 'malformed'; readonly at: string };

/** The destinations of one account in a file. An API answer does not say which account it is of. */
export type ReadAccount = {
  readonly id?: string;
  readonly name?: string;
  readonly destinations: readonly ExportedDestination[];
};

export type ReadFile =
  | {
      readonly ok: true;
      /** Whether the file is an export, and not an answer of the API. */
      readonly isExport: boolean;
      /** Those with destinations. */
      readonly accounts: readonly ReadAccount[];
    }
  | { readonly ok: false; readonly problem: FileProblem };

const exportedSchema = v.object({
  name: v.string(),
  type: v.optional(v.string(), ''),
  host: v.optional(v.string(), ''),
  url: v.optional(v.string()),
  id: v.optional(v.string()),
});
const fileSchema = v.object({
  version: v.literal(1),
  accounts: v.array(
    v.object({ id: v.optional(v.string()), name: v.optional(v.string()), destinations: v.array(exportedSchema) }),
  ),
});
/** The answer of the API, or its `result`. Cloudflare sends null for absent fields. */
const listedSchema = v.pipe(
  v.unknown(),
  v.check(isObject),
  v.object({
    id: v.nullish(v.string(), ''),
    name: v.nullish(v.string(), ''),
    type: v.nullish(v.string(), ''),
    url: v.nullish(v.string(), ''),
  }),
);

/**
 * Reads a file: an export of this extension, or the API's answer to the list call or its `result`. Never throws, and takes
 * at most {@link LARGEST_FILE} characters. Bytes are UTF-8, or UTF-16 with a byte order mark.
 */
export function readExportFile(file: string | Uint8Array): ReadFile {
  const content = typeof file === 'string' ? file : decodeText(file);
  if (content === undefined) {
    return refuse({ kind: 'otherEncoding' });
  }
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
      : check(v.safeParse(fileSchema, value), ({ accounts }) => ({ isExport: true, accounts }));
  }
  const listed = isObject(value) && Object.hasOwn(value, 'result') ? value['result'] : value;
  return Array.isArray(listed)
    ? check(v.safeParse(v.array(listedSchema), listed), (all) => ({
        isExport: false,
        accounts: [
          {
            destinations: all.map(({ id, name, type, url }) => ({
              name,
              type,
              host: '',
              ...(url === '' ? {} : { url }),
              ...(id === '' ? {} : { id }),
            })),
          },
        ],
      }))
    : refuse({ kind: 'unknownFormat' });
}

/** Undefined if the encoding is another one, in which the names of destinations would be wrong. */
function decodeText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

type Output = {
  readonly isExport: boolean;
  readonly accounts: readonly {
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    readonly destinations: readonly v.InferOutput<typeof exportedSchema>[];
  }[];
};

function check<T extends v.GenericSchema>(
  parsed: v.SafeParseResult<T>,
  toOutput: (output: v.InferOutput<T>) => Output,
): ReadFile {
  if (!parsed.success) {
    return refuse({ kind: 'malformed', at: v.getDotPath(parsed.issues[0]) ?? '' });
  }
  const { isExport, accounts } = toOutput(parsed.output);
  const read = accounts
    .filter(({ destinations }) => destinations.length > 0)
    .map(({ id, name, destinations }) => ({
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      destinations: destinations.map(toExported),
    }));
  const count = read.reduce((sum, { destinations }) => sum + destinations.length, 0);
  return count === 0
    ? refuse({ kind: 'empty' })
    : count > MOST_DESTINATIONS
      ? refuse({ kind: 'tooMany' })
      : { ok: true, isExport, accounts: read };
}

function toExported({ name, type, host, url, id }: v.InferOutput<typeof exportedSchema>): ExportedDestination {
  return {
    name,
    type,
    host: url === undefined ? host : hostOf(url),
    ...(url === undefined ? {} : { url }),
    ...(id === undefined ? {} : { id }),
  };
}

function refuse(problem: FileProblem): ReadFile {
  return { ok: false, problem };
}
