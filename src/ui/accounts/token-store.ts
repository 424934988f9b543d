import type * as vscode from 'vscode';
import type { Redactor } from '../../core/api/redaction.ts';
import type { Log } from '../../core/api/transport.ts';
import { idOfTokenKey, isTokenKey, parseTokenRecord, tokenKey, type TokenRecord } from '../../core/model/token.ts';
import { describeForLog } from '../../core/api/api-error.ts';

export type TokenRecords = ReadonlyMap<string, TokenRecord>;

/** The content of SecretStorage. */
export type StoredTokens = {
  readonly records: TokenRecords;
  /** The number of entries that are malformed or of a newer version. They stay unchanged. */
  readonly unreadable: number;
  /** IDs of tokens that are listed but that SecretStorage cannot decrypt, because the keyring changed. */
  readonly undecryptable: readonly string[];
  /** Whether SecretStorage failed. The records are then those of this session. */
  readonly failed: boolean;
  /** Whether some records exist in this session only, because SecretStorage could not store them. */
  readonly unsaved: boolean;
};

export type TokenStore = {
  /**
   * Never rejects. Retries to store the records that SecretStorage could not store before, unless another window has replaced or
   * deleted them.
   */
  load(): Promise<StoredTokens>;
  /** Stores the record in this session and in SecretStorage. `false`: in this session only. Never rejects. */
  save(record: TokenRecord): Promise<boolean>;
  /** Deletes the record. `false`: SecretStorage failed, so the next session loads it again. Never rejects. */
  delete(id: string): Promise<boolean>;
};

/**
 * Stores tokens only in SecretStorage, one entry per token, and finds them by their keys. `isUsed`: whether a stored account can
 * use the token.
 */
export function createTokenStore(
  secrets: vscode.SecretStorage,
  redactor: Redactor,
  log: Log,
  isUsed: (id: string) => boolean,
): TokenStore {
  let known: TokenRecords = new Map();
  const unsaved = new Map<string, TokenRecord>();
  /** The values as this window last loaded or stored them, by ID. */
  const seen = new Map<string, string>();

  async function store(record: TokenRecord): Promise<boolean> {
    const value = JSON.stringify(record);
    try {
      await secrets.store(tokenKey(record.id), value);
      seen.set(record.id, value);
      unsaved.delete(record.id);
      return true;
    } catch (error) {
      unsaved.set(record.id, record);
      log('error', `SecretStorage could not store a token: ${describeForLog(error)}`);
      return false;
    }
  }

  async function read(): Promise<Pick<StoredTokens, 'records' | 'unreadable' | 'undecryptable'>> {
    const keys = (await secrets.keys()).filter(isTokenKey);
    const listed = new Set(keys);
    for (const id of seen.keys()) {
      if (!listed.has(tokenKey(id))) {
        // Another window has deleted it.
        seen.delete(id);
        unsaved.delete(id);
      }
    }
    const records = new Map<string, TokenRecord>();
    const undecryptable: string[] = [];
    let unreadable = 0;
    await Promise.all(
      keys.map(async (key) => {
        const id = idOfTokenKey(key);
        const value = await secrets.get(key);
        const record = parseTokenRecord(key, value ?? '');
        if (value !== undefined && value !== seen.get(id)) {
          // What another window has stored is newer.
          seen.set(id, value);
          unsaved.delete(id);
        }
        if (record) {
          records.set(record.id, record);
        } else if (value === undefined) {
          undecryptable.push(id);
          log('warn', `The stored token ${key} could not be decrypted and is kept`);
        } else {
          unreadable += 1;
          log('warn', `This version cannot read the stored token ${key} and keeps it`);
        }
      }),
    );
    return { records, unreadable, undecryptable };
  }

  return {
    async load() {
      const found = await read().catch((error: unknown) =>
        log('error', `Failed to read SecretStorage: ${describeForLog(error)}`),
      );
      if (found) {
        const again = [...unsaved].filter(([id]) => isUsed(id));
        unsaved.clear();
        await Promise.all(again.map(async ([, record]) => store(record)));
        known = new Map([...found.records, ...again]);
      }
      for (const { token } of known.values()) {
        redactor.remember(token);
      }
      return {
        records: known,
        unreadable: found?.unreadable ?? 0,
        undecryptable: found?.undecryptable.filter((id) => !known.has(id)) ?? [],
        failed: !found,
        unsaved: unsaved.size > 0,
      };
    },
    async save(record) {
      redactor.remember(record.token);
      known = new Map(known).set(record.id, record);
      return store(record);
    },
    async delete(id) {
      known = new Map([...known].filter(([each]) => each !== id));
      unsaved.delete(id);
      try {
        await secrets.delete(tokenKey(id));
        seen.delete(id);
        return true;
      } catch (error) {
        log('error', `SecretStorage could not delete a token: ${describeForLog(error)}`);
        return false;
      }
    },
  };
}
