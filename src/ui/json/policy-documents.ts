import * as vscode from 'vscode';
import { ApiError, describeForLog, isNotFound } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { editableOf, formatPolicy, parsePolicyDocument } from '../../core/formats/policy-document.ts';
import { isSameId } from '../../core/model/id.ts';
import type { Policy } from '../../core/model/policy.ts';
import { withApiNow } from '../../core/monitoring/connection-now.ts';
import { MissingDestinationsError } from '../../core/policies/change-policy.ts';
import { createPolicy, type UnansweredPolicies } from '../../core/policies/create-policy.ts';
import { savePolicy } from '../../core/policies/save-policy.ts';
import type { Services } from '../../services.ts';
import { tell } from '../host/notice.ts';
import { describeDifferent } from '../policies/messages.ts';
import { describeProblem } from '../text/error.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { nameOfPolicy } from '../text/policy.ts';
import { askWhichPolicy } from './conflict.ts';
import { createDocumentMemory } from './document-memory.ts';
import { notSaved } from './messages.ts';
import { offerToken } from './offer-token.ts';
import { isPolicyDocument, nextPolicyAddress, policyAddressOf, readPolicyAddress } from './policy-addresses.ts';
import { createPolicyFiles, type PolicyWrite } from './policy-files.ts';
import { createPolicyLanguage } from './policy-language.ts';
import { describePolicyProblem } from './policy-messages.ts';
import { type AnnouncedSaves, createSaveClaims } from './save-claims.ts';
import { closeTabs, documentsOf, isShown, keepLanguage, onDidCloseDocument, swapEditor } from './tabs.ts';
import { enumerate } from '../text/format.ts';

/** Edits notification policies as JSON documents, which are saved at Cloudflare. */
export type PolicyDocuments = vscode.Disposable & {
  /** For the documents of scheme `cfwebhook:` that are policies. */
  readonly provider: vscode.FileSystemProvider;
  open(connection: Connection, policy: Policy): Promise<void>;
  /** Opens a document whose save creates a policy. */
  openNew(connection: Connection, draft: Policy['whole']): Promise<void>;
};

type Parts = Pick<Services, 'store' | 'policies' | 'loaded' | 'logger' | 'host' | 'windowState'> & {
  readonly announcedSaves: AnnouncedSaves;
  readonly unanswered: UnansweredPolicies;
};

export function createPolicyDocuments(parts: Parts): PolicyDocuments {
  const { store, policies, loaded, announcedSaves } = parts;
  const claims = createSaveClaims(announcedSaves, async (uri) => {
    const connection = files.connectionOf(uri);
    await (connection && policies.read(connection))?.catch((error: unknown) => {
      throw notSaved(describeFailure(error, connection?.account.name ?? ''));
    });
  });
  const files = createPolicyFiles({
    store,
    policies,
    loaded,
    claims,
    memory: createDocumentMemory(parts.windowState, parts.logger.log),
    async save(write) {
      const id = await saveDocument(write, parts, (codes, sentence) => language.refuse(write.uri, sentence, codes));
      language.accept(write.uri);
      return id;
    },
  });
  const language = createPolicyLanguage(store, (uri) => files.connectionOf(uri));

  const settling = new Set<string>();

  /** Whether the policy of a document was deleted: a list that leaves some out does not tell. */
  function isGone(uri: vscode.Uri): boolean {
    const { accountId = '', policyId } = readPolicyAddress(uri) ?? {};
    const known = policies.known(accountId)?.policies;
    return (
      policyId !== undefined &&
      known !== undefined &&
      skippedIn(known) === 0 &&
      !known.some(({ id }) => isSameId(id, policyId))
    );
  }

  /** Makes the tabs of a document without unsaved changes follow its policy after it was created, renamed or deleted. */
  async function settle({ uri, isDirty }: vscode.TextDocument): Promise<void> {
    const key = uri.toString();
    if (isDirty || settling.has(key)) {
      return;
    }
    settling.add(key);
    try {
      const moved = files.movedTo(uri);
      if (moved) {
        await swapEditor(uri, moved);
      }
      if (moved || isGone(uri)) {
        await closeTabs(uri);
      }
    } finally {
      settling.delete(key);
    }
  }

  function settleAll(accountId?: string): void {
    for (const document of vscode.workspace.textDocuments.filter(({ uri }) => isPolicyDocument(uri))) {
      if (accountId === undefined || readPolicyAddress(document.uri)?.accountId === accountId) {
        void settle(document);
      }
    }
  }

  /** Another client or the view changed policies. The file system loads them again if a document is open. */
  async function follow(accountId: string): Promise<void> {
    const connection = store.entry(accountId)?.connection;
    const open = vscode.workspace.textDocuments.filter(
      ({ uri }) => readPolicyAddress(uri)?.accountId === accountId && isShown(uri),
    );
    if (connection && open.length > 0) {
      await policies.get(connection);
      settleAll(accountId);
    }
  }

  const subscriptions = vscode.Disposable.from(
    keepLanguage(({ uri }) => isPolicyDocument(uri)),
    onDidCloseDocument((uri) => isPolicyDocument(uri) && announcedSaves.delete(uri.toString())),
    vscode.workspace.onDidSaveTextDocument(async (document) => {
      if (isPolicyDocument(document.uri) && !document.isDirty) {
        files.rereadUnless(document.uri, document.getText());
        await settle(document);
      }
    }),
    // VS Code itself can open a tab with an outdated name, for example after a reload.
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
      if (opened.flatMap(documentsOf).some(isPolicyDocument)) {
        settleAll();
      }
    }),
    // The name of the account is in the URI.
    { dispose: store.onChanged(({ accounts }) => accounts && settleAll()) },
    {
      // A failed fetch leaves the documents as they are. The client has logged why.
      dispose: policies.onChanged((accountId) => void follow(accountId).catch(() => undefined)),
    },
    files,
    language,
  );
  return {
    provider: files.provider,
    async open(connection, policy) {
      const uri = policyAddressOf(connection.account, policy);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
    },
    async openNew(connection, draft) {
      const uri = nextPolicyAddress(connection.account);
      const editor = await vscode.window.showTextDocument(uri, { preview: false });
      const { document } = editor;
      // Inserted as an edit, so that VS Code backs it up as unsaved and restores it after a window reload.
      const whole = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
      await editor.edit((edit) => edit.replace(whole, formatPolicy(draft)));
      const { filters } = draft;
      const required = typeof filters === 'object' && filters !== null ? Object.keys(filters)[0] : undefined;
      const at = document.getText().indexOf(`"${required}": [`);
      if (required !== undefined && at >= 0) {
        const position = document.positionAt(at + `"${required}": [`.length);
        editor.selection = new vscode.Selection(position, position);
      }
    },
    dispose: () => void subscriptions.dispose(),
  };
}

/** Saves a document. Every failure is thrown as a `FileSystemError`, so that VS Code keeps the document unsaved. */
async function saveDocument(
  write: PolicyWrite,
  parts: Parts,
  refuse: (codes: readonly number[], sentence: string) => void,
): Promise<string> {
  const { text, connection, policyId } = write;
  const accountName = connection.account.name;
  const { policy, findings } = parsePolicyDocument(text);
  const wrong = findings.find(({ severity }) => severity === 'error');
  if (!policy || wrong) {
    throw notSaved(wrong ? describePolicyProblem(wrong.problem) : vscode.l10n.t('This is not valid JSON.'));
  }
  try {
    if (policyId === undefined) {
      const { id, ...created } = await createPolicy(
        withApiNow(parts.store, connection, {
          host: parts.host,
          accountId: connection.account.id,
          policy: editableOf(policy),
          unanswered: parts.unanswered,
        }),
      );
      // After this save, VS Code loads Cloudflare's version, if it differs from the saved text.
      void (created.differing.length > 0
        ? tell('warning', describeDifferent(nameIn(policy), created, accountName))
        : tell('information', vscode.l10n.t('Created the policy “{0}” of {1}.', nameIn(policy), accountName)));
      return id;
    }
    return await update(write, policyId, policy, parts);
  } catch (error) {
    if (error instanceof vscode.FileSystemError) {
      throw error;
    }
    parts.logger.log('error', `Failed to save a policy document: ${describeForLog(error)}`);
    void offerToken(error, connection.account);
    if (isNotFound(error) && policyId !== undefined) {
      throw notSaved(
        vscode.l10n.t(
          'The policy was deleted at Cloudflare. Nothing was saved. To create it again, use “Create Policy…”.',
        ),
      );
    }
    if (error instanceof ApiError && error.kind === 'rejected') {
      refuse(error.details.codes ?? [], error.details.reason ?? describeProblem(error, accountName).sentence);
    }
    if (error instanceof MissingDestinationsError) {
      throw notSaved(
        vscode.l10n.t(
          'Some destinations of this policy no longer exist. Nothing was sent. Remove them from the document.',
        ),
      );
    }
    throw notSaved(describeFailure(error, accountName));
  }
}

async function update(
  { connection, seen }: PolicyWrite,
  policyId: string,
  edited: Policy['whole'],
  { host, store }: Parts,
): Promise<string> {
  const { account } = connection;
  // With an empty text, every policy is a conflict, so that the user decides.
  let known = seen ?? '';
  for (;;) {
    const outcome = await savePolicy(
      withApiNow(store, connection, {
        host,
        accountId: account.id,
        policyId,
        edited,
        seen: known,
      }),
    );
    if (outcome.kind !== 'conflict') {
      if (outcome.kind === 'changed') {
        tellSaved(outcome.differing, nameIn(edited), account.name);
      }
      return policyId;
    }
    if ((await askWhichPolicy(outcome.now)) === 'cloudflare') {
      // After this save, VS Code loads Cloudflare's version, since it differs from the saved text.
      return policyId;
    }
    known = formatPolicy(outcome.now.whole);
  }
}

function tellSaved(differing: readonly string[] | undefined, name: string, accountName: string): void {
  if (differing?.length === 0) {
    void tell('information', vscode.l10n.t('Saved the policy “{0}” of {1}.', name, accountName));
    return;
  }
  void tell(
    'warning',
    differing
      ? vscode.l10n.t(
          'Saved the policy “{0}” of {1}, but it differs from what was sent ({2}). Cloudflare or another client changed it. The document shows it as it is.',
          name,
          accountName,
          enumerate(differing),
        )
      : vscode.l10n.t(
          'Saved the policy “{0}” of {1}. It could not be loaded afterwards, so the result is not checked.',
          name,
          accountName,
        ),
  );
}

function nameIn({ name }: Policy['whole']): string {
  return nameOfPolicy({ name: typeof name === 'string' ? name : '' });
}
