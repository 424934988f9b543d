import * as vscode from 'vscode';
import type { DestinationType } from '../../core/model/destination-types/destination-type.ts';
import type { SampleId, SampleWords } from '../../core/testing/sample-document.ts';

const PAYLOADS = 'https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/';
const WEBHOOKS = 'https://developers.cloudflare.com/notifications/get-started/configure-webhooks/';

/** The name of a sample, to show. */
export function nameOfSample(id: SampleId): string {
  return (
    {
      advanced_ddos_attack_l4_alert: vscode.l10n.t('DDoS attack (layer 4)'),
      advanced_ddos_attack_l7_alert: vscode.l10n.t('DDoS attack (layer 7)'),
      dedicated_ssl_certificate_event_type: vscode.l10n.t('SSL certificate expiration'),
      health_check_status_notification: vscode.l10n.t('Origin health check'),
      workers_alert: vscode.l10n.t('Workers alert'),
      access_custom_certificate_expiration_type: vscode.l10n.t('Access certificate expiration'),
      workers_observability_alert: vscode.l10n.t('Workers observability alert'),
      other: vscode.l10n.t('Other alert types'),
      test: vscode.l10n.t('Cloudflare’s own test'),
    }[id] ?? id
  );
}

/** The words of a document. `unknownType`: the name of a type that the extension does not know. */
export function wordsOf(id: SampleId, type: DestinationType, unknownType?: string): SampleWords {
  return {
    intro: [...introduce(id, type, unknownType), ...explainMarks(type)],
    certainty: {
      documented: vscode.l10n.t('documented'),
      seen: vscode.l10n.t('seen'),
      inferred: vscode.l10n.t('inferred'),
    },
    mayBeAbsent: vscode.l10n.t('may be absent'),
    secret:
      type.secret === 'optional' ? vscode.l10n.t('<secret, if the destination has one>') : vscode.l10n.t('<secret>'),
  };
}

function introduce(id: SampleId, type: DestinationType, unknownType?: string): readonly string[] {
  if (!type.hasDocumentedPayload) {
    return [
      vscode.l10n.t('A sample of a request to {0}. All values are made up.', type.label),
      vscode.l10n.t('Cloudflare formats alerts for {0}, and does not document the format.', type.label),
      vscode.l10n.t('Format of {0}: {1}', type.label, type.documentation),
    ];
  }
  return [
    ...(unknownType === undefined
      ? []
      : [
          vscode.l10n.t(
            'The format of alerts for the type “{0}” is not known. This is the format of other endpoints.',
            unknownType,
          ),
        ]),
    ...(id === 'test'
      ? [
          vscode.l10n.t('A sample of the test that Cloudflare sends before it creates a destination.'),
          vscode.l10n.t('Source: {0}', WEBHOOKS),
        ]
      : [
          vscode.l10n.t('A sample of an alert that Cloudflare sends to your own endpoint. All values are made up.'),
          vscode.l10n.t('Source: {0}', PAYLOADS),
        ]),
    ...(id === 'other' ? [vscode.l10n.t('Cloudflare does not document “data” for other alert types.')] : []),
  ];
}

function explainMarks(type: DestinationType): readonly string[] {
  if (!type.hasDocumentedPayload) {
    return [
      '',
      vscode.l10n.t(
        'inferred: {0} documents the header or field. It is not known whether Cloudflare uses it.',
        type.label,
      ),
    ];
  }
  return [
    '',
    vscode.l10n.t('documented: Cloudflare documents the header or field.'),
    vscode.l10n.t('seen: receivers recorded it. Cloudflare can change it. Such fields are commented out.'),
    vscode.l10n.t('may be absent: some alerts do not contain the field.'),
    vscode.l10n.t('A number can arrive as a string. The same alert can arrive more than once.'),
  ];
}
