import * as vscode from 'vscode';
import type { Destination } from '../../core/model/destination.ts';
import { type DocumentProblem, findValue, parseDocument, type TextRange } from '../../core/formats/json-document.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { lacksSecret } from '../../core/model/whole-url.ts';
import { describeCutUrl } from '../text/draft.ts';
import { isDestinationDocument } from './addresses.ts';
import { JSON_SCHEME } from '../host/ids.ts';
import { describeDocumentProblem } from './messages.ts';

/** Of a diagnostic for which there is a quick fix. */
export const SECRET_IN_TEXT = 'secretInText';
export const REMOVABLE: readonly DocumentProblem['kind'][] = ['readOnlyKey', 'unknownKey', 'emptySecret'];

/** The problems of the documents that are open, at their places. */
export type JsonDiagnostics = vscode.Disposable & {
  /** Shows why Cloudflare refused a document, at its URL, until its text changes or it is accepted after all. */
  refuse(uri: vscode.Uri, sentence: string): void;
  accept(uri: vscode.Uri): void;
  /** Looks at the open documents again, since what they are compared with is another. */
  update(): void;
};

export function createJsonDiagnostics(
  destinationOf: (uri: vscode.Uri) => Destination | undefined,
  holdsSecret: (uri: vscode.Uri) => boolean,
): JsonDiagnostics {
  const collection = vscode.languages.createDiagnosticCollection('cloudflareWebhooks');
  const refusals = new Map<string, string>();

  function check(document: vscode.TextDocument): void {
    if (!isDestinationDocument(document)) {
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
            code: 'refused',
          }),
        ];
  }

  function update(): void {
    for (const document of vscode.workspace.textDocuments) {
      check(document);
    }
  }

  const subscriptions = vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) {
        refusals.delete(document.uri.toString());
        check(document);
      }
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      refusals.delete(uri.toString());
      collection.delete(uri);
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

/** Syntax is the business of VS Code's own JSON support, unless the user has switched that off. */
function isSaidByVsCode(document: vscode.TextDocument, { kind }: DocumentProblem): boolean {
  const validates = vscode.workspace.getConfiguration('json', document.uri).get<unknown>('validate.enable') !== false;
  return kind === 'syntax' && validates && document.languageId.startsWith('json');
}

/** What is good to know of a secret: where it is kept as long as it is in the text, or that it is not. */
function makeHints(document: vscode.TextDocument, heldSecret: boolean): readonly vscode.Diagnostic[] {
  const typed = findValue(document.getText(), 'secret');
  if (document.uri.scheme !== JSON_SCHEME || (!typed && !heldSecret)) {
    return [];
  }
  const sentence = typed
    ? vscode.l10n.t(
        'The secret is sent with the next save and then taken out of the document. Until then VS Code keeps the unsaved document, with it, in its backups.',
      )
    : vscode.l10n.t('A secret is held in memory for this document and sent with its next save.');
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

function makeDiagnostic(
  document: vscode.TextDocument,
  { offset, length }: TextRange,
  { message, severity, code }: Pick<vscode.Diagnostic, 'message' | 'severity'> & { readonly code: string },
): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
  return Object.assign(new vscode.Diagnostic(range, message, severity), { source: 'Cloudflare Webhooks', code });
}
