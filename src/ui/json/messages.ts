import * as vscode from 'vscode';
import { DOCUMENT_KEYS, type DocumentProblem } from '../../core/formats/json-document.ts';
import type { Difference } from '../../core/model/plan.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeDraftProblem } from '../text/draft.ts';

const KEYS = DOCUMENT_KEYS.map((key) => `"${key}"`).join(', ');

/** What is wrong, or doubtful, with a document: one sentence, and what to do about it. */
export function describeDocumentProblem(problem: DocumentProblem): string {
  switch (problem.kind) {
    case 'syntax':
      return {
        comment: vscode.l10n.t('Comments are not kept: take them out.'),
        tooDeep: vscode.l10n.t('This is not a webhook destination: it is nested too deeply.'),
        other: vscode.l10n.t('This is not valid JSON.'),
      }[problem.code];
    case 'notAnObject':
      return vscode.l10n.t('A webhook destination is an object with the keys {0}.', KEYS);
    case 'unknownKey':
      return vscode.l10n.t('Cloudflare knows no “{0}” of a webhook destination. There are {1}.', problem.key, KEYS);
    case 'readOnlyKey':
      return vscode.l10n.t('“{0}” is written by Cloudflare only. What can be changed is {1}.', problem.key, KEYS);
    case 'duplicateKey':
      return vscode.l10n.t('“{0}” is here twice: only one of them can be sent.', problem.key);
    case 'wrongType':
      return vscode.l10n.t('“{0}” has to be a text in quotes.', problem.key);
    case 'missingKey':
      return vscode.l10n.t('“{0}” is missing.', problem.key);
    case 'emptySecret':
      return vscode.l10n.t('An empty secret is not sent. Take the key out: the secret then stays as it is.');
    case 'draft':
      return describeDraftProblem(problem.problem);
    default:
      return problem satisfies never;
  }
}

/** What an update came to, exactly: what took, what was ignored, what nobody can know. */
export function describeUpdate({ took, ignored, unknown }: UpdateOutcome, name: string, account: string): string {
  const sentences = [
    ...(took.length > 0
      ? [vscode.l10n.t('Saved “{0}” of {1}: Cloudflare took the {2}.', name, account, describeDifferences(took))]
      : []),
    ...(ignored.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare accepted the change of “{0}” of {1}, but kept the old {2}. A replacement takes it: a new destination, to which the policies are moved.',
            name,
            account,
            describeDifferences(ignored),
          ),
        ]
      : []),
    ...(unknown.length > 0
      ? [
          vscode.l10n.t(
            'The new {0} of “{1}” was sent, but whether Cloudflare took it cannot be read back. A test through Cloudflare shows it; a replacement is sure to take it.',
            describeDifferences(unknown),
            name,
          ),
        ]
      : []),
  ];
  return sentences.join(' ');
}

function describeDifferences(differences: readonly Difference[]): string {
  const words = {
    name: vscode.l10n.t('name'),
    url: vscode.l10n.t('URL'),
    secret: vscode.l10n.t('secret'),
    type: vscode.l10n.t('type'),
  };
  return differences.map((each) => words[each]).join(', ');
}
