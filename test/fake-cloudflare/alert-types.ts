/** The response of `available_alerts`: alert types by product, with the names from the dashboard. */

type FilterOption = {
  readonly Key: string;
  readonly ComparisonOperator: string;
  /** `1-n` makes the filter required. */
  readonly Range: string;
  readonly AvailableValues: readonly { readonly ID: string; readonly Description: string }[] | null;
};

export type AlertType = {
  readonly type: string;
  readonly display_name: string;
  readonly description: string;
  readonly filter_options: readonly FilterOption[];
};

export const alertTypes: Readonly<Record<string, readonly AlertType[]>> = {
  'Origin Monitoring': [
    alert('http_alert_origin_error', 'Origin Error Rate Alert', 'High levels of 5xx HTTP errors at your origin.', [
      required('zones'),
      optional('slo'),
    ]),
    alert('real_origin_monitoring', 'Passive Origin Monitoring', 'Cloudflare is unable to reach your origin.'),
  ],
  'SSL/TLS': [
    alert('universal_ssl_event_type', 'Universal SSL Alert', 'Validation, issuance, renewal and expiration notices.'),
    alert('custom_ssl_certificate_event_type', 'Custom SSL Certificates', 'A custom certificate is about to expire.'),
    alert('dedicated_ssl_certificate_event_type', 'Advanced Certificate Alert', 'Notices on advanced certificates.'),
  ],
  'DDoS Protection': [
    alert('dos_attack_l7', 'HTTP DDoS Attack Alert', 'An HTTP DDoS attack on your zones was mitigated.'),
    alert('dos_attack_l4', 'Layer 3/4 DDoS Attack Alert', 'A network-layer DDoS attack was mitigated.'),
  ],
  'Load Balancing': [
    alert('load_balancing_health_alert', 'Health Alert', 'A pool or an endpoint changed its health.', [
      optional('pool_id'),
    ]),
    alert('load_balancing_pool_enablement_alert', 'Pool Enablement', 'A pool was enabled or disabled.', [
      required('enabled', [
        { ID: 'true', Description: 'A pool was enabled' },
        { ID: 'false', Description: 'A pool was disabled' },
      ]),
    ]),
  ],
  'Health Checks': [
    alert(
      'health_check_status_notification',
      'Health Checks status notification',
      'A health check changed its state.',
      [required('health_check_id')],
    ),
  ],
  'Cloudflare Tunnel': [
    alert('tunnel_health_event', 'Tunnel Health Alert', 'The health of a tunnel changed.'),
    alert('tunnel_update_event', 'Tunnel Creation or Deletion Event', 'A tunnel was created or deleted.'),
  ],
  Pages: [
    alert('pages_event_alert', 'Project updates', 'A deployment started, failed or succeeded.', [
      required('environment'),
    ]),
  ],
  Logpush: [
    alert(
      'failing_logpush_job_disabled_alert',
      'Failing Logpush Job Disabled',
      'A job that kept failing was disabled.',
    ),
  ],
  'Cloudflare Status': [
    alert('incident_alert', 'Incident Alert', 'Cloudflare is having an incident.', [
      optional('incident_impact', [
        { ID: 'INCIDENT_IMPACT_MINOR', Description: 'Minor incident' },
        { ID: 'INCIDENT_IMPACT_MAJOR', Description: 'Major incident' },
        { ID: 'INCIDENT_IMPACT_CRITICAL', Description: 'Critical incident' },
      ]),
    ]),
    alert('maintenance_event_notification', 'Maintenance Notification', 'Maintenance in a data centre.'),
  ],
  Billing: [alert('billing_usage_alert', 'Usage Based Billing', 'The usage of a product went over its limit.')],
  Security: [
    alert('expiring_service_token_alert', 'Expiring Access Service Token Alert', 'A service token is about to expire.'),
    alert('clickhouse_alert_fw_anomaly', 'Security Events Alert', 'A rise in security events on your zones.'),
    alert('traffic_anomalies_alert', 'Traffic Anomalies Alert', 'Unusual traffic to your zones.', [required('zones')]),
  ],
};

const byType = new Map(Object.values(alertTypes).flatMap((list) => list.map((item) => [item.type, item] as const)));

export function isAlertType(type: string): boolean {
  return byType.has(type);
}

/** Returns the keys of the required filters of an alert type. The API rejects a policy without them (code 17103). */
export function filtersRequiredBy(type: string): readonly string[] {
  const options = byType.get(type)?.filter_options ?? [];
  return options.filter(({ Range }) => Range.startsWith('1')).map(({ Key }) => Key);
}

function alert(
  type: string,
  display_name: string,
  description: string,
  filter_options: readonly FilterOption[] = [],
): AlertType {
  return { type, display_name, description, filter_options };
}

function required(Key: string, AvailableValues: FilterOption['AvailableValues'] = null): FilterOption {
  return { Key, ComparisonOperator: '==', Range: '1-n', AvailableValues };
}

function optional(Key: string, AvailableValues: FilterOption['AvailableValues'] = null): FilterOption {
  return { Key, ComparisonOperator: '==', Range: '0-n', AvailableValues };
}
