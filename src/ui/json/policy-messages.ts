import * as vscode from 'vscode';
import type { PolicyProblem, Shape } from '../../core/formats/policy-document.ts';

/** Describes a problem of a policy document and how to fix it. */
export function describePolicyProblem(problem: PolicyProblem): string {
  switch (problem.kind) {
    case 'syntax':
      return {
        comment: vscode.l10n.t('Remove the comments. They cannot be saved.'),
        tooDeep: vscode.l10n.t('This is not a notification policy: it is nested too deeply.'),
        other: vscode.l10n.t('This is not valid JSON.'),
      }[problem.code];
    case 'notAnObject':
      return vscode.l10n.t(
        'A notification policy is an object with the properties "name", "alert_type", "enabled" and "mechanisms".',
      );
    case 'emptyName':
      return vscode.l10n.t('Enter a name.');
    case 'noMechanism':
      return vscode.l10n.t(
        'Add a webhook, an e-mail address or a PagerDuty service. Cloudflare rejects a policy without any.',
      );
    case 'duplicateKey':
      return vscode.l10n.t('Duplicate property “{0}”. Remove one of them.', problem.key);
    case 'readOnlyKey':
      return vscode.l10n.t('“{0}” is read-only and is not sent.', problem.key);
    case 'unknownMechanism':
      return vscode.l10n.t('Unknown mechanism “{0}”. Known mechanisms are webhooks, email and pagerduty.', problem.key);
    case 'missingKey':
      return vscode.l10n.t('Add the property “{0}”.', problem.key);
    case 'wrongType':
      return vscode.l10n.t('“{0}” must be {1}.', problem.key, describeShape(problem.expected));
    case 'unknownAlertType':
      return vscode.l10n.t('This account does not list the alert type “{0}”. Cloudflare may reject it.', problem.type);
    case 'unknownFilter':
      return vscode.l10n.t(
        'The alert “{0}” has no filter “{1}”. Cloudflare may ignore it.',
        problem.alert,
        problem.key,
      );
    case 'missingFilter':
      return vscode.l10n.t('The alert “{0}” requires the filter “{1}”.', problem.alert, problem.key);
    case 'unknownValue':
      return vscode.l10n.t('“{0}” is not a known value of the filter “{1}”.', problem.value, problem.key);
    case 'tooManyValues':
      return problem.most === 1
        ? vscode.l10n.t('The filter “{0}” takes one value.', problem.key)
        : vscode.l10n.t('The filter “{0}” takes {1} values at most.', problem.key, problem.most);
    case 'danglingDestination':
      return vscode.l10n.t(
        'The last refresh found no webhook destination with the ID {0}. If it was deleted, nothing is delivered to it.',
        problem.id,
      );
    case 'ineligible':
      return vscode.l10n.t('This account cannot use the mechanism “{0}”.', problem.mechanism);
    default:
      return problem satisfies never;
  }
}

function describeShape(shape: Shape): string {
  return {
    string: vscode.l10n.t('a string'),
    boolean: vscode.l10n.t('true or false'),
    object: vscode.l10n.t('an object'),
    strings: vscode.l10n.t('a list of strings'),
    ids: vscode.l10n.t('a list of objects with an "id"'),
  }[shape];
}
