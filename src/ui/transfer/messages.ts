import * as vscode from 'vscode';
import type { FileProblem } from '../../core/formats/export-file.ts';
import type { Imported } from '../../core/destinations/import-destinations.ts';
import type { ImportEntry, Wanted } from '../../core/destinations/import-plan.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { hostOf } from '../../core/model/destination.ts';
import { plain, plainName } from '../../core/model/plain-text.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { nameOf, typeOf } from '../text/destination.ts';
import { plural, quote } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';

/** Why a file cannot be used, and what to do. */
export function describeFileProblem(problem: FileProblem, fileName: string): string {
  switch (problem.kind) {
    case 'tooLarge':
    case 'tooMany':
      return vscode.l10n.t('{0} is too large to be a list of webhook destinations. Choose another file.', fileName);
    case 'otherEncoding':
      return vscode.l10n.t('{0} is not in UTF-8. Save it with the encoding UTF-8 and try again.', fileName);
    case 'notJson':
      return vscode.l10n.t('{0} is not valid JSON. Open it to see where, or choose another file.', fileName);
    case 'unknownFormat':
      return vscode.l10n.t(
        '{0} is neither an export of this extension nor an answer of Cloudflare’s API. Choose another file.',
        fileName,
      );
    case 'empty':
      return vscode.l10n.t('{0} contains no webhook destinations.', fileName);
    case 'newerVersion':
      return vscode.l10n.t(
        '{0} was written by a newer version of this extension (format {1}). Update the extension and try again.',
        fileName,
        problem.version,
      );
    case 'malformed':
      return vscode.l10n.t(
        '{0} cannot be read: the value at {1} is wrong. Correct it and try again.',
        fileName,
        problem.at,
      );
    default:
      return problem satisfies never;
  }
}

export function nameWanted({ name }: Wanted): string {
  return plainName(name) || vscode.l10n.t('(no name)');
}

function hostWanted({ url, host }: Wanted): string {
  return (url === undefined ? host : hostOf(url)) || vscode.l10n.t('unknown host');
}

/** Whether a destination is created without the secret that its receiver may expect. Cloudflare never returns secrets. */
function lacksOptionalSecret({ type, secret }: Wanted): boolean {
  return secret === undefined && typeOrGeneric(type).secret === 'optional';
}

/** The plan of an import as a document: what will be created first, then everything else with the reason. */
export function describePlan(entries: readonly ImportEntry[], accountName: string, source: string): string {
  const lines = (kinds: readonly ImportEntry['kind'][]): readonly string[] =>
    entries.filter(({ kind }) => kinds.includes(kind)).map((entry) => `  ${plain(describeEntry(entry))}`);
  const sections = [
    [vscode.l10n.t('Create'), lines(['create'])],
    [vscode.l10n.t('Not created: the URL or secret is missing'), lines(['incomplete'])],
    [vscode.l10n.t('Not created: invalid'), lines(['invalid'])],
    [vscode.l10n.t('Not created: unclear whether the account has it'), lines(['unclear'])],
    [vscode.l10n.t('Not changed: differs from the destination in the account'), lines(['differs'])],
    [vscode.l10n.t('Already there'), lines(['same'])],
  ] as const;
  return [
    vscode.l10n.t('Import into {0}', plainName(accountName)),
    vscode.l10n.t('From: {0}', plain(source)),
    vscode.l10n.t('This plan is from before the import. Nothing is sent until you agree.'),
    ...sections.flatMap(([title, all]) => (all.length === 0 ? [] : ['', `${title} (${all.length})`, ...all])),
    '',
  ].join('\n');
}

function describeEntry(entry: ImportEntry): string {
  const { wanted } = entry;
  const line = `${quote(nameWanted(wanted))} · ${hostWanted(wanted)}`;
  switch (entry.kind) {
    case 'create':
      return lacksOptionalSecret(wanted)
        ? vscode.l10n.t('{0} · {1}, without a secret', line, wanted.type)
        : `${line} · ${wanted.type}`;
    case 'same':
      return `${line}${wanted.type === '' ? '' : ` · ${wanted.type}`}`;
    case 'unclear':
      if ('mayBeUnread' in entry) {
        const reason = vscode.l10n.t(
          'Cloudflare’s list has entries that could not be read. The destination may be one of them.',
        );
        return `${line}: ${reason}`;
      }
      return vscode.l10n.t(
        '{0}: the account has only some with this name, and their URLs do not tell which. To create it, give it another name.',
        line,
      );
    case 'differs':
      return entry.fields.includes('name')
        ? vscode.l10n.t('{0}: its name in the account is “{1}”', line, nameOf(entry.existing))
        : entry.fields.includes('url')
          ? vscode.l10n.t('{0}: the account has this name with another URL, at {1}', line, hostOf(entry.existing.url))
          : vscode.l10n.t('{0}: the account has this name with the type {1}', line, typeOf(entry.existing));
    case 'incomplete':
      return entry.needs === 'secret'
        ? vscode.l10n.t('{0}: the secret is missing', line)
        : vscode.l10n.t('{0}: the full URL is missing', line);
    case 'invalid':
      return entry.problem.kind === 'invisible'
        ? vscode.l10n.t('{0}: the URL contains white space or invisible characters. Remove them from the URL.', line)
        : `${line}: ${describeDraftProblem(entry.problem)}`;
    default:
      return entry satisfies never;
  }
}

/** One sentence before the decision. */
export function summarizePlan(entries: readonly ImportEntry[], accountName: string): string {
  const count = (kind: ImportEntry['kind']): number => entries.filter((each) => each.kind === kind).length;
  const left = entries.length - count('create');
  return [
    plural(
      count('create'),
      vscode.l10n.t('Create 1 webhook destination in {0}? Cloudflare tests its URL.', accountName),
      vscode.l10n.t('Create {0} webhook destinations in {1}? Cloudflare tests each URL.', count('create'), accountName),
    ),
    ...(left > 0
      ? [
          plural(
            left,
            vscode.l10n.t('1 other is left alone: see the plan.'),
            vscode.l10n.t('{0} others are left alone: see the plan.', left),
          ),
        ]
      : []),
  ].join(' ');
}

/** The report of an import, which the user can save. It contains no URL beyond its host and no secret. */
export function describeReport(
  imported: readonly Imported[],
  entries: readonly ImportEntry[],
  accountName: string,
  at: string,
): string {
  const lines = (outcome: Imported['outcome']): readonly string[] =>
    imported
      .filter((each) => each.outcome === outcome)
      .map((each) => {
        const line = `${quote(nameWanted(each.wanted))} · ${hostOf(each.draft.url)}`;
        const more =
          each.outcome === 'created'
            ? ` · ${each.id}`
            : each.outcome === 'failed'
              ? `: ${describeFailure(each.error, accountName)}`
              : '';
        return `  ${plain(line + more)}`;
      });
  const left = entries.filter(({ kind }) => kind !== 'create').map((entry) => `  ${plain(describeEntry(entry))}`);
  const sections = [
    [vscode.l10n.t('Created'), lines('created')],
    [vscode.l10n.t('Failed'), lines('failed')],
    [vscode.l10n.t('Not sent'), lines('skipped')],
    [vscode.l10n.t('Left alone'), left],
  ] as const;
  return [
    vscode.l10n.t('Import into {0}, {1}', plainName(accountName), at),
    ...sections.flatMap(([title, all]) => (all.length === 0 ? [] : ['', `${title} (${all.length})`, ...all])),
    '',
    vscode.l10n.t('To try again what failed or was not sent, import the same source again. Nothing is created twice.'),
    '',
  ].join('\n');
}

/** "2 created, 1 failed, 3 not sent." `left`: how many were agreed to and are not created. */
export function summarizeImport(imported: readonly Imported[], left: number, accountName: string): string {
  const count = (outcome: Imported['outcome']): number => imported.filter((each) => each.outcome === outcome).length;
  const [created, failed, skipped] = [count('created'), count('failed'), count('skipped')];
  return [
    plural(
      created,
      vscode.l10n.t('Created 1 webhook destination in {0}.', accountName),
      vscode.l10n.t('Created {0} webhook destinations in {1}.', created, accountName),
    ),
    ...(failed > 0 ? [plural(failed, vscode.l10n.t('1 failed.'), vscode.l10n.t('{0} failed.', failed))] : []),
    ...(skipped > 0
      ? [plural(skipped, vscode.l10n.t('1 was not sent.'), vscode.l10n.t('{0} were not sent.', skipped))]
      : []),
    ...(left > 0
      ? [
          plural(
            left,
            vscode.l10n.t('1 is no longer created: see the report.'),
            vscode.l10n.t('{0} are no longer created: see the report.', left),
          ),
        ]
      : []),
  ].join(' ');
}
