import * as vscode from 'vscode';
import { DOCUMENT_KEYS, type DocumentProblem } from '../../core/formats/json-document.ts';
import { withoutLinks } from '../host/notice.ts';
import type { Difference } from '../../core/model/plan.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { enumerate } from '../text/format.ts';
import { describeDifference, describeUncheckedName, unconfirmedIn } from '../text/update.ts';

const KEYS = DOCUMENT_KEYS.map((key) => `"${key}"`).join(', ');

/** Describes a problem of a document and how to fix it. */
export function describeDocumentProblem(problem: DocumentProblem): string {
  switch (problem.kind) {
    case 'syntax':
      return {
        comment: vscode.l10n.t('Remove the comments. They cannot be saved.'),
        tooDeep: vscode.l10n.t('This is not a webhook destination: it is nested too deeply.'),
        other: vscode.l10n.t('This is not valid JSON.'),
      }[problem.code];
    case 'notAnObject':
      return vscode.l10n.t('A webhook destination is an object with the properties {0}.', KEYS);
    case 'unknownKey':
      return vscode.l10n.t('Unknown property “{0}”. Valid properties are {1}.', problem.key, KEYS);
    case 'readOnlyKey':
      return vscode.l10n.t('“{0}” is read-only. You can change {1}.', problem.key, KEYS);
    case 'duplicateKey':
      return vscode.l10n.t('Duplicate property “{0}”. Remove one of them.', problem.key);
    case 'wrongType':
      return vscode.l10n.t('“{0}” must be a string.', problem.key);
    case 'missingKey':
      return vscode.l10n.t('Add the property “{0}”.', problem.key);
    case 'emptySecret':
      return vscode.l10n.t('An empty secret is not sent. Remove the property to keep the current secret.');
    case 'draft':
      return describeDraftProblem(problem.problem);
    default:
      return problem satisfies never;
  }
}

/** Describes the result of an update: applied, ignored and unverifiable changes. */
export function describeUpdate(outcome: UpdateOutcome, name: string, account: string): string {
  const { applied, ignored, unverifiable } = outcome;
  const unconfirmed = unconfirmedIn(outcome);
  const sentences = [
    ...(applied.length > 0
      ? [
          vscode.l10n.t(
            'Saved “{0}” of {1}. Cloudflare applied the new {2}.',
            name,
            account,
            describeDifferences(applied),
          ),
        ]
      : []),
    ...(ignored.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare accepted the change of “{0}” of {1} but did not change the {2}. Replace the destination to use the new {2}.',
            name,
            account,
            describeDifferences(ignored),
          ),
        ]
      : []),
    ...(unverifiable.includes('name') ? [describeUncheckedName(name)] : []),
    ...(unconfirmed.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare does not confirm {0} changes of “{1}”. Test through Cloudflare to check, or replace the destination.',
            describeDifferences(unconfirmed),
            name,
          ),
        ]
      : []),
  ];
  return sentences.join(' ');
}

/** Why a document stays unsaved after Cloudflare ignored some of its changes. */
export function describeIgnored(ignored: readonly Difference[]): string {
  return vscode.l10n.t(
    'Cloudflare did not change the {0}. The document keeps your text. To use the new {0}, replace the destination.',
    describeDifferences(ignored),
  );
}

function describeDifferences(differences: readonly Difference[]): string {
  return enumerate(differences.map(describeDifference));
}

/** Refuses a save. VS Code shows the sentence after the file name. Other error codes offer actions that cannot help. */
export function notSaved(sentence: string): vscode.FileSystemError {
  // VS Code shows it as a notification, where `[text](command:…)` would become a link.
  return vscode.FileSystemError.Unavailable(withoutLinks(sentence));
}

/**
 * The text of a save. VS Code writes it in the encoding of the setting `files.encoding`. Refuses another one than UTF-8, of which
 * Cloudflare would get wrong characters.
 */
export function decodeSaved(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw notSaved(
      vscode.l10n.t('The document is not in UTF-8. Run “Change File Encoding”, then “Save with Encoding” and “UTF-8”.'),
    );
  }
}

/** Refuses to delete or rename a document in a file explorer. */
export function refuseFileOperation(): never {
  throw notSaved(
    vscode.l10n.t('This document cannot be deleted or renamed as a file. Use the Cloudflare Webhooks commands.'),
  );
}
