import * as vscode from 'vscode';
import { listAlertTypes, listIneligibleKinds } from '../../core/api/alerting-calls.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { type Suggestion, suggestAt } from '../../core/formats/policy-completion.ts';
import {
  destinationsIn,
  fieldOfCode,
  itemRemovalAt,
  parsePolicyDocument,
  type PolicyContext,
  rangeOf,
} from '../../core/formats/policy-document.ts';
import type { TextRange } from '../../core/formats/json-parse.ts';
import { isSameId } from '../../core/model/id.ts';
import { JSON_SCHEME, POLICY_ENDING } from '../host/ids.ts';
import { plain } from '../../core/model/plain-text.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { nameOf } from '../text/destination.ts';
import { toRange } from './commands.ts';
import { makeDiagnostic, REFUSED } from './diagnostics.ts';
import { isPolicyDocument, readPolicyAddress } from './policy-addresses.ts';
import { describePolicyProblem } from './policy-messages.ts';
import { watchHiddenDocuments } from './tabs.ts';

const SELECTOR: vscode.DocumentFilter = { scheme: JSON_SCHEME, pattern: `**/*${POLICY_ENDING}` };
const KINDS: Readonly<Record<Suggestion['kind'], vscode.CompletionItemKind>> = {
  alertType: vscode.CompletionItemKind.EnumMember,
  filter: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
  destination: vscode.CompletionItemKind.Reference,
};

type Rules = Pick<PolicyContext, 'alertTypes' | 'ineligible'>;
type Allowed = { readonly api: Connection['api']; readonly until: number; readonly rules: Promise<Rules> };

/** In milliseconds. */
const RETRY_AFTER = 60_000;

/** What VS Code shows in policy documents: problems, fixes, completion, and the names of destinations beside their IDs. */
export type PolicyLanguage = vscode.Disposable & {
  /** What the account of a document allows, as far as it is known. Loads it on first use. */
  contextOf(uri: vscode.Uri): Promise<PolicyContext>;
  /** Shows Cloudflare's refusal at the field it is about, until the text changes. */
  refuse(uri: vscode.Uri, sentence: string, codes: readonly number[]): void;
  /** Removes the refusal of an earlier save. */
  accept(uri: vscode.Uri): void;
};

export function createPolicyLanguage(
  store: Store,
  connectionOf: (uri: vscode.Uri) => Connection | undefined,
): PolicyLanguage {
  const collection = vscode.languages.createDiagnosticCollection('cloudflareWebhooks.policies');
  const refusals = new Map<string, { readonly sentence: string; readonly codes: readonly number[] }>();
  const hintsChanged = new vscode.EventEmitter<void>();
  /** What an account allows, which rarely changes. A failed fetch is tried again after a minute at the earliest. */
  const allowed = new Map<string, Allowed>();

  async function readAllowed({ account, api }: Connection): Promise<Rules> {
    // The client has logged why something could not be read. It is not checked then.
    const [alertTypes, ineligible] = await Promise.all([
      listAlertTypes(api, account.id).catch(() => undefined),
      listIneligibleKinds(api, account.id).catch(() => undefined),
    ]);
    const now = allowed.get(account.id);
    if (!alertTypes && now?.api === api) {
      allowed.set(account.id, { ...now, until: Date.now() + RETRY_AFTER });
    }
    return { alertTypes: alertTypes?.length === 0 ? undefined : alertTypes, ineligible };
  }

  async function contextOf(uri: vscode.Uri): Promise<PolicyContext> {
    const connection = connectionOf(uri);
    if (!connection) {
      return {};
    }
    const { account, api } = connection;
    let known = allowed.get(account.id);
    if (known?.api !== api || known.until < Date.now()) {
      known = { api, until: Number.POSITIVE_INFINITY, rules: readAllowed(connection) };
      allowed.set(account.id, known);
    }
    const state = store.entry(account.id)?.state;
    // Only a complete list can say that a destination does not exist.
    const isComplete = state?.kind === 'ready' && state.last.skipped === 0;
    return {
      ...(await known.rules),
      destinations: shownOf(state)?.destinations,
      ...(isComplete ? {} : { mayLack: true }),
    };
  }

  async function check(document: vscode.TextDocument): Promise<void> {
    if (!isPolicyDocument(document.uri) || hidden.has(document.uri)) {
      return;
    }
    const { version } = document;
    const context = await contextOf(document.uri);
    if (document.isClosed || document.version !== version || hidden.has(document.uri)) {
      return;
    }
    const text = document.getText();
    const refusal = refusals.get(document.uri.toString());
    collection.set(document.uri, [
      ...parsePolicyDocument(text, context)
        // VS Code's JSON support reports syntax errors.
        .findings.filter(({ problem }) => problem.kind !== 'syntax')
        .map(({ severity, problem, ...range }) =>
          makeDiagnostic(document, range, {
            message: describePolicyProblem(problem),
            severity: severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
            code: problem.kind,
          }),
        ),
      ...(refusal
        ? [
            makeDiagnostic(document, rangeOf(text, fieldOfCode(refusal.codes) ?? []), {
              message: refusal.sentence,
              severity: vscode.DiagnosticSeverity.Error,
              code: REFUSED,
            }),
          ]
        : []),
    ]);
  }

  function checkAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      void check(document);
    }
    hintsChanged.fire();
  }

  // Before the other listeners, so that they find its state.
  const hidden = watchHiddenDocuments((uri) => {
    refusals.delete(uri.toString());
    collection.delete(uri);
  }, checkAll);
  const subscriptions = vscode.Disposable.from(
    collection,
    hidden,
    hintsChanged,
    vscode.workspace.onDidOpenTextDocument((document) => void check(document)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) {
        refusals.delete(document.uri.toString());
        void check(document);
      }
    }),
    { dispose: store.onChanged(checkAll) },
    vscode.languages.registerCompletionItemProvider(
      SELECTOR,
      {
        async provideCompletionItems(document, position) {
          const found = suggestAt(document.getText(), document.offsetAt(position), await contextOf(document.uri));
          return found?.suggestions.map((each) => toCompletion(document, found, each));
        },
      },
      '"',
    ),
    vscode.languages.registerInlayHintsProvider(SELECTOR, {
      onDidChangeInlayHints: hintsChanged.event,
      provideInlayHints(document, range) {
        const destinations = shownOf(
          store.entry(readPolicyAddress(document.uri)?.accountId ?? '')?.state,
        )?.destinations;
        return destinationsIn(document.getText()).flatMap(({ id, offset, length }) => {
          const position = document.positionAt(offset + length);
          const known = destinations?.find((each) => isSameId(each.id, id));
          return known && range.contains(position)
            ? [Object.assign(new vscode.InlayHint(position, plain(nameOf(known), 60)), { paddingLeft: true })]
            : [];
        });
      },
    }),
    vscode.languages.registerCodeActionsProvider(
      SELECTOR,
      { provideCodeActions: (document, _range, { diagnostics }) => diagnostics.flatMap((each) => fix(document, each)) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  checkAll();
  return {
    contextOf,
    refuse(uri, sentence, codes) {
      refusals.set(uri.toString(), { sentence, codes });
      checkAll();
    },
    accept(uri) {
      refusals.delete(uri.toString());
      checkAll();
    },
    dispose: () => void subscriptions.dispose(),
  };
}

function toCompletion(document: vscode.TextDocument, range: TextRange, suggestion: Suggestion): vscode.CompletionItem {
  const { kind, label, detail, insert } = suggestion;
  const item = new vscode.CompletionItem(plain(label), KINDS[kind]);
  item.detail = plain(detail);
  item.insertText = insert;
  item.range = toRange(document, range);
  // VS Code compares it with the text of the range, which begins with the quotation mark.
  item.filterText = JSON.stringify(`${label} ${detail}`);
  return item;
}

/** The quick fixes: remove a destination that was deleted. */
function fix(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): readonly vscode.CodeAction[] {
  const range =
    diagnostic.code === 'danglingDestination'
      ? itemRemovalAt(document.getText(), document.offsetAt(diagnostic.range.start))
      : undefined;
  if (!range) {
    return [];
  }
  const edit = new vscode.WorkspaceEdit();
  edit.delete(document.uri, toRange(document, range));
  const action = new vscode.CodeAction(vscode.l10n.t('Remove this destination'), vscode.CodeActionKind.QuickFix);
  return [Object.assign(action, { edit, diagnostics: [diagnostic] })];
}
