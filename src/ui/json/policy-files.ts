import * as vscode from 'vscode';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { formatPolicy } from '../../core/formats/policy-document.ts';
import { isSameId } from '../../core/model/id.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import { describeFailure } from '../text/operation-failure.ts';
import type { DocumentMemory, Told } from './document-memory.ts';
import { decodeSaved, notSaved, refuseFileOperation } from './messages.ts';
import { policyAddressOf, readPolicyAddress } from './policy-addresses.ts';
import type { SaveClaims } from './save-claims.ts';
import { isShown } from './tabs.ts';

/** One save that VS Code requested. */
export type PolicyWrite = {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly connection: Connection;
  /** Undefined: the save creates the policy. */
  readonly policyId: string | undefined;
  /** The content that the user has seen; undefined if that is not known. */
  readonly seen: string | undefined;
};

/** The policies as JSON documents of scheme `cfwebhook:`. */
export type PolicyFiles = vscode.Disposable & {
  readonly provider: vscode.FileSystemProvider;
  connectionOf(uri: vscode.Uri): Connection | undefined;
  /** The current URI of the policy of a document, if it differs: after creating or renaming it. */
  movedTo(uri: vscode.Uri): vscode.Uri | undefined;
  /** Makes VS Code reload a document if its content differs from the written `text`. */
  rereadUnless(uri: vscode.Uri, text: string): void;
};

/** The content of a document and its change time, and what VS Code has of it. */
type Version = Told & { readonly text: string | undefined; readonly at: number };

const NEW_POLICY = formatPolicy({ name: '', alert_type: '', enabled: true, mechanisms: { webhooks: [], email: [] } });

export type PolicyFilesParts = {
  readonly store: Store;
  readonly policies: PolicyStore;
  /** Resolves once the accounts are loaded. */
  readonly loaded: Promise<unknown>;
  readonly claims: SaveClaims;
  readonly memory: DocumentMemory;
  /** Writes a policy and returns its ID, or throws a `FileSystemError` with the reason. */
  readonly save: (write: PolicyWrite) => Promise<string>;
};

export function createPolicyFiles({ store, policies, loaded, claims, memory, save }: PolicyFilesParts): PolicyFiles {
  const told = new Map<string, Version>();
  /** The policies that new documents became. */
  const bound = new Map<string, string>();
  const writing = new Set<string>();
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();

  function policyIdOf(uri: vscode.Uri): string | undefined {
    return bound.get(uri.toString()) ?? readPolicyAddress(uri)?.policyId ?? memory.policyIdOf(uri);
  }

  function policyOf(uri: vscode.Uri): Policy | undefined {
    const wanted = policyIdOf(uri);
    const known = policies.known(readPolicyAddress(uri)?.accountId ?? '');
    return wanted === undefined ? undefined : known?.policies.find(({ id }) => isSameId(id, wanted));
  }

  function isPartial(uri: vscode.Uri): boolean {
    return skippedIn(policies.known(readPolicyAddress(uri)?.accountId ?? '')?.policies ?? []) > 0;
  }

  function connectionOf(uri: vscode.Uri): Connection | undefined {
    return store.entry(readPolicyAddress(uri)?.accountId ?? '')?.connection;
  }

  /** The current content and its change time. Policies that are not loaded leave it as it was. */
  function look(uri: vscode.Uri): Version {
    const key = uri.toString();
    const before = told.get(key);
    if (before && policyIdOf(uri) !== undefined && !policies.known(readPolicyAddress(uri)?.accountId ?? '')) {
      return before;
    }
    const policy = policyOf(uri);
    if (before && !policy && (bound.has(key) || isPartial(uri))) {
      // A policy that was just created can be missing in the list for a moment, and one that could not be read is.
      return before;
    }
    const blank = policyIdOf(uri) === undefined ? NEW_POLICY : undefined;
    const text = policy ? formatPolicy(policy.whole) : blank;
    if (before?.text === text) {
      return before ?? { text, at: Date.now() };
    }
    const now = { ...before, text, at: Math.max(Date.now(), (before?.at ?? 0) + 1) };
    told.set(key, now);
    return now;
  }

  async function connect(uri: vscode.Uri): Promise<Connection> {
    if (!readPolicyAddress(uri)) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    await loaded;
    const connection = connectionOf(uri);
    if (!connection) {
      throw vscode.FileSystemError.Unavailable(vscode.l10n.t('The Cloudflare account was removed from VS Code.'));
    }
    return connection;
  }

  async function find(uri: vscode.Uri): Promise<Version & { readonly text: string }> {
    const connection = await connect(uri);
    if (policyIdOf(uri) !== undefined) {
      await policies.get(connection).catch((error: unknown) => {
        if (told.get(uri.toString())?.text === undefined) {
          throw notSaved(describeFailure(error, connection.account.name));
        }
      });
    }
    const { text, ...rest } = look(uri);
    if (text === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return { text, ...rest };
  }

  /** Reports changed policies to VS Code, for the documents that are open. */
  async function announce(accountId: string): Promise<void> {
    const open = vscode.workspace.textDocuments
      .map(({ uri }) => uri)
      .filter((uri) => readPolicyAddress(uri)?.accountId === accountId && policyIdOf(uri) !== undefined)
      // VS Code keeps documents without a tab for minutes.
      .filter(isShown);
    const connection = open[0] && connectionOf(open[0]);
    if (!connection) {
      return;
    }
    await policies.get(connection);
    const events = open.flatMap((uri): vscode.FileChangeEvent[] => {
      const before = told.get(uri.toString());
      const now = look(uri);
      return writing.has(uri.toString()) || before?.text === now.text
        ? []
        : [{ uri, type: now.text === undefined ? vscode.FileChangeType.Deleted : vscode.FileChangeType.Changed }];
    });
    if (events.length > 0) {
      changed.fire(events);
    }
  }

  async function write(uri: vscode.Uri, text: string): Promise<void> {
    await claims.claim(uri, text);
    const connection = await connect(uri);
    const key = uri.toString();
    const before = look(uri);
    writing.add(key);
    try {
      const seen = memory.seenOf(uri, before);
      const id = await save({ uri, text, connection, policyId: policyIdOf(uri), seen });
      if (policyIdOf(uri) === undefined) {
        bound.set(key, id);
      }
      policies.forget([connection.account.id]);
      await policies.get(connection).catch(() => undefined);
      // A failed fetch leaves the document as it was saved.
      const found = policyOf(uri) ? look(uri) : { text, at: Math.max(Date.now(), before.at + 1) };
      const content = found.text ?? text;
      told.set(key, { ...found, text: content, looked: content, read: content });
      memory.remember(uri, content, id);
    } catch (error) {
      // Something may have been sent.
      policies.forget([connection.account.id]);
      throw error;
    } finally {
      writing.delete(key);
    }
  }

  const subscription = policies.onChanged((accountId) => {
    // A failed fetch leaves the documents as they are. The client has logged why.
    void announce(accountId).catch(() => undefined);
  });
  return {
    provider: {
      onDidChangeFile: changed.event,
      watch: () => new vscode.Disposable(() => {}),
      async stat(uri) {
        if (!readPolicyAddress(uri)) {
          return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
        }
        await claims.prepare(uri);
        const { text, at } = await find(uri);
        told.set(uri.toString(), { ...look(uri), looked: text });
        return { type: vscode.FileType.File, ctime: 0, mtime: at, size: Buffer.byteLength(text) };
      },
      async readFile(uri) {
        const { text } = await find(uri);
        told.set(uri.toString(), { ...look(uri), read: text });
        memory.remember(uri, text);
        return Buffer.from(text);
      },
      writeFile: async (uri, content) => write(uri, decodeSaved(content)),
      readDirectory: () => [],
      createDirectory() {},
      delete: refuseFileOperation,
      rename: refuseFileOperation,
    },
    connectionOf,
    movedTo(uri) {
      const policy = policyOf(uri);
      const account = connectionOf(uri)?.account;
      const now = policy && account && policyAddressOf(account, policy);
      return now?.toString() === uri.toString() ? undefined : now;
    },
    rereadUnless(uri, text) {
      const now = look(uri);
      if (now.text !== undefined && now.text !== text) {
        told.set(uri.toString(), { ...now, at: Math.max(Date.now(), now.at + 1) });
        changed.fire([{ uri, type: vscode.FileChangeType.Changed }]);
      }
    },
    dispose() {
      subscription();
      changed.dispose();
    },
  };
}
