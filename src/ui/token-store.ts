import type * as vscode from 'vscode';
import type { Redactor } from '../core/api/redaction.ts';
import type { Log } from '../core/api/transport.ts';
import { isTokenKey, parseTokenRecord, tokenKey, type TokenRecord } from '../core/token.ts';

export type TokenStore = {
  /** All tokens that can be read. An entry that cannot is reported in the log and left alone. */
  load(): Promise<ReadonlyMap<string, TokenRecord>>;
  save(record: TokenRecord): Promise<void>;
  delete(id: string): Promise<void>;
};

/** Tokens in SecretStorage and nowhere else, one entry each, found by their keys. */
export function createTokenStore(secrets: vscode.SecretStorage, redactor: Redactor, log: Log): TokenStore {
  return {
    async load() {
      const keys = (await secrets.keys()).filter(isTokenKey);
      const records = await Promise.all(
        keys.map(async (key) => {
          const record = parseTokenRecord(key, (await secrets.get(key)) ?? '');
          if (record) {
            redactor.remember(record.token);
          } else {
            log('warn', `The stored token ${key} cannot be read by this version; it is left as it is`);
          }
          return record ? [record] : [];
        }),
      );
      return new Map(records.flat().map((record) => [record.id, record]));
    },
    async save(record) {
      redactor.remember(record.token);
      await secrets.store(tokenKey(record.id), JSON.stringify(record));
    },
    async delete(id) {
      await secrets.delete(tokenKey(id));
    },
  };
}
