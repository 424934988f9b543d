import * as vscode from 'vscode';
import type { Destination } from '../../core/model/destination.ts';
import { type DocumentProblem, findValue, parseDocument } from '../../core/formats/json-document.ts';
import type { TextRange } from '../../core/formats/json-parse.ts';
import { toRange } from './commands.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { plain } from '../../core/model/plain-text.ts';
import { lacksSecret } from '../../core/model/whole-url.ts';
import { describeCutUrl } from '../text/draft.ts';
import { isDestinationDocument } from './addresses.ts';
import { JSON_LANGUAGE, JSON_SCHEME } from '../host/ids.ts';
import { describeDocumentProblem } from './messages.ts';
import { watchHiddenDocuments } from './tabs.ts';

/** Codes of the diagnostics that have a quick fix. */
export const SECRET_IN_TEXT = 'secretInText';
export const REFUSED = 'refused';
export const REMOVABLE: readonly DocumentProblem['kind'][] = ['readOnlyKey', 'unknownKey', 'emptySecret'];

/** Shows the problems of open documents as diagnostics. */
export type JsonDiagnostics = vscode.Disposable & {
  /** Shows Cloudflare's rejection at the URL until the text changes or a later save succeeds. */
  refuse(uri: vscode.Uri, sentence: string): void;
  accept(uri: vscode.Uri): void;
  /** Checks all open documents again after a change in the store. */
  update(): void;
};

export function createJsonDiagnostics(
  destinationOf: (uri: vscode.Uri) => Destination | undefined,
  holdsSecret: (uri: vscode.Uri) => boolean,
): JsonDiagnostics {
  const collection = vscode.languages.createDiagnosticCollection('cloudflareWebhooks');
  const refusals = new Map<string, string>();

  function check(document: vscode.TextDocument): void {
    if (!isDestinationDocument(document) || hidden.has(document.uri)) {
      return;
    }
    const text = document.getText();
    const current = destinationOf(document.uri);
    const heldSecret = holdsSecret(document.uri);
    const { findings } = parseDocument(text, { current, heldSecret });
    const diagnostics = findings
      .filter(({ problem }) => !isSaidByVsCode(document, problem))
      .map(({ severity, problem, ...range }) =>
        makeDiagnostic(document, range, {
          message: describeDocumentProblem(problem),
          severity: severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
          code: problem.kind === 'draft' ? problem.problem.kind : problem.kind,
        }),
      );
    collection.set(document.uri, [
      ...diagnostics,
      ...makeHints(document, heldSecret),
      ...markCutUrl(document, current),
      ...makeRefusal(document),
    ]);
  }

  function makeRefusal(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
    const sentence = refusals.get(document.uri.toString());
    const text = document.getText();
    const range = findValue(text, 'url') ?? { offset: 0, length: text.length };
    return sentence === undefined
      ? []
      : [
          makeDiagnostic(document, range, {
            message: sentence,
            severity: vscode.DiagnosticSeverity.Error,
            code: REFUSED,
          }),
        ];
  }

  function update(): void {
    for (const document of vscode.workspace.textDocuments) {
      check(document);
    }
  }

  function forget(uri: vscode.Uri): void {
    refusals.delete(uri.toString());
    collection.delete(uri);
  }

  // Before the other listeners, so that they find its state.
  const hidden = watchHiddenDocuments(forget, update);
  const subscriptions = vscode.Disposable.from(
    collection,
    hidden,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) {
        refusals.delete(document.uri.toString());
        check(document);
      }
    }),
  );
  update();
  return {
    refuse(uri, sentence) {
      refusals.set(uri.toString(), sentence);
      update();
    },
    accept(uri) {
      refusals.delete(uri.toString());
      update();
    },
    update,
    dispose: () => void subscriptions.dispose(),
  };
}

/** VS Code's JSON support reports syntax errors, unless the user turned its validation off. */
function isSaidByVsCode(document: vscode.TextDocument, { kind }: DocumentProblem): boolean {
  const validates = vscode.workspace.getConfiguration('json', document.uri).get<unknown>('validate.enable') !== false;
  return kind === 'syntax' && validates && [JSON_LANGUAGE, 'json', 'jsonc'].includes(document.languageId);
}

/** Informs where the secret is: in the text, and so in backups, or in memory. */
function makeHints(document: vscode.TextDocument, heldSecret: boolean): readonly vscode.Diagnostic[] {
  const typed = findValue(document.getText(), 'secret');
  if (document.uri.scheme !== JSON_SCHEME || (!typed && !heldSecret)) {
    return [];
  }
  const sentence = typed
    ? vscode.l10n.t(
        'The next save sends the secret and removes it from the document. Until then, VS Code’s backups of the unsaved document contain it.',
      )
    : vscode.l10n.t('A secret for this document is in memory. The next save sends it.');
  return [
    makeDiagnostic(document, typed ?? { offset: 0, length: 1 }, {
      message: sentence,
      severity: vscode.DiagnosticSeverity.Information,
      code: typed ? SECRET_IN_TEXT : 'secretHeld',
    }),
  ];
}

/** Marks the URL of a document where it is the one that Cloudflare returned without its secret part. */
function markCutUrl(document: vscode.TextDocument, current: Destination | undefined): readonly vscode.Diagnostic[] {
  const text = document.getText();
  const range = findValue(text, 'url');
  const isCut = current !== undefined && lacksSecret(typeOrGeneric(current.type), current.url);
  if (!range || !isCut || parseDocument(text, { current }).draft?.url !== current.url) {
    return [];
  }
  const severity = vscode.DiagnosticSeverity.Information;
  return [makeDiagnostic(document, range, { message: describeCutUrl(), severity, code: 'cutUrl' })];
}

/** A problem as VS Code shows it. The message may contain untrusted text. */
export function makeDiagnostic(
  document: vscode.TextDocument,
  range: TextRange,
  { message, severity, code }: Pick<vscode.Diagnostic, 'message' | 'severity'> & { readonly code: string },
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(document, range), plain(message), severity);
  return Object.assign(diagnostic, { source: 'Cloudflare Webhooks', code });
}
