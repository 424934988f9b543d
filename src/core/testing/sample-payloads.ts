/** The fields of a JSON object. */
export type Fields = { readonly [name: string]: Json };
export type Json = string | number | boolean | null | readonly Json[] | Fields;

/**
 * The sample payload of one alert type. Names and JSON types of `data` are those of developers.cloudflare.com, "Webhook
 * payload schema". The values are made up.
 */
export type SampleAlert = {
  readonly alertType: string;
  readonly text: string;
  readonly data: Fields;
  /** Fields of `data` that recipients recorded for this alert type, and that Cloudflare does not document. */
  readonly seenData?: Fields;
};

/** The values of a payload that differ from one request to the next. */
export type PayloadValues = {
  readonly name: string;
  readonly accountId: string;
  readonly policyId: string;
  readonly correlationId: string;
  readonly event: AlertEvent;
  /** Unix seconds. */
  readonly ts: number;
};

/** The states that Cloudflare documents for `alert_event`, as examples of all states. */
export type AlertEvent = 'ALERT_STATE_EVENT_START' | 'ALERT_STATE_EVENT_END';

/**
 * Fields that some requests lack. Cloudflare documents it for the first three. Recipients recorded requests without the
 * others.
 */
export const ABSENT_FIELDS: ReadonlySet<string> = new Set([
  'account_id',
  'policy_id',
  'alert_type',
  'policy_name',
  'alert_correlation_id',
  'alert_event',
]);

/** Recorded for every alert type by one recipient, beside the documented fields of `data`. */
export const SEEN_IN_EVERY_DATA: Fields = { severity: 'INFO' };

const ACCOUNT = { account_name: 'Example account', account_tag: '0123456789abcdef0123456789abcdef' };
const ZONE = { zone_name: 'example.com', zone_tag: '00112233445566778899aabbccddeeff' };
const START_TIME = '2026-01-01T00:00:00Z';

/** The alert types that Cloudflare describes, in the order of its page. */
export const SAMPLE_ALERTS: readonly SampleAlert[] = [
  {
    alertType: 'advanced_ddos_attack_l4_alert',
    text: 'A layer 3/4 DDoS attack on 192.0.2.10 was detected.',
    data: {
      ...ACCOUNT,
      action: 'block',
      attack_id: '1111aaaa2222bbbb3333cccc4444dddd',
      attack_vector: 'UDP flood',
      dashboard_link: 'https://dash.cloudflare.com/',
      max_rate: '120.00 kpps',
      megabits_per_second: 960,
      mitigation: 'block',
      packets_per_second: 120_000,
      protocol: 'UDP',
      rule_description: 'Example rule',
      rule_id: '2222aaaa3333bbbb4444cccc5555dddd',
      rule_name: 'example-rule',
      ruleset_id: '3333aaaa4444bbbb5555cccc6666dddd',
      ruleset_override_id: '4444aaaa5555bbbb6666cccc7777dddd',
      start_time: START_TIME,
      target_id: '5555aaaa6666bbbb7777cccc8888dddd',
      target_ip: '192.0.2.10',
      target_port: 443,
    },
  },
  {
    alertType: 'advanced_ddos_attack_l7_alert',
    text: 'An HTTP DDoS attack on www.example.com was detected.',
    data: {
      ...ACCOUNT,
      action: 'managed_challenge',
      attack_id: '1111aaaa2222bbbb3333cccc4444dddd',
      attack_type: 'HTTP flood',
      dashboard_link: 'https://dash.cloudflare.com/',
      max_rate: '800.00 rps',
      mitigation: 'managed_challenge',
      requests_per_second: 800,
      rule_description: 'Example rule',
      rule_id: '2222aaaa3333bbbb4444cccc5555dddd',
      rule_link: 'https://dash.cloudflare.com/',
      ruleset_id: '3333aaaa4444bbbb5555cccc6666dddd',
      ruleset_override_id: '4444aaaa5555bbbb6666cccc7777dddd',
      start_time: START_TIME,
      target_hostname: 'www.example.com',
      ...ZONE,
    },
  },
  {
    alertType: 'dedicated_ssl_certificate_event_type',
    text: 'The certificate for example.com is about to expire.',
    data: {
      ...ACCOUNT,
      certificate_id: '1111aaaa2222bbbb3333cccc4444dddd',
      certificate_pack_id: '2222aaaa3333bbbb4444cccc5555dddd',
      certificate_status: 'active',
      event_type: 'expiration',
      hostnames: 'example.com, *.example.com',
      pack_ca: 'example_ca',
      pack_id: '2222aaaa3333bbbb4444cccc5555dddd',
      pack_status: 'active',
      pack_validation: 'txt',
      ...ZONE,
    },
    seenData: {
      data: { id: '1111aaaa2222bbbb3333cccc4444dddd', hosts: [], method: 'txt', status: '', expires_on: null },
      metadata: { event: { type: 'ssl.dedicated_certificate.validation.failed' }, zone: { id: ZONE.zone_tag } },
    },
  },
  {
    alertType: 'health_check_status_notification',
    text: 'The health check “origin-1” is unhealthy.',
    data: {
      ...ACCOUNT,
      failing_regions: 'WEU, ENAM',
      health_check_id: '1111aaaa2222bbbb3333cccc4444dddd',
      health_check_name: 'origin-1',
      new_health_status: 'Unhealthy',
      new_status: 'Unhealthy',
      old_status: 'Healthy',
      origin_ip: '192.0.2.20',
      reason: 'TCP connection failed',
      status_change_time: START_TIME,
      time_since_last_failure: '2h0m0s',
      ...ZONE,
    },
    seenData: {
      actual_code: 404,
      expected_codes: '[2xx 302]',
      name: 'origin-1',
      preview: false,
      status: 'Unhealthy',
      time: '2026-01-01 00:00:00 +0000 UTC',
    },
  },
  {
    alertType: 'workers_alert',
    text: 'A Worker of your account uses more CPU time than before.',
    data: {
      account_name: ACCOUNT.account_name,
      account_script_count: 12,
      account_tag: ACCOUNT.account_tag,
      alert_type: 'cpu_time',
      current_year: 2026,
      end_date: '2026-01-02',
      exceeding_script_count: 1,
      scripts: [
        {
          constant_script_id: 1,
          cpu_time_previous_value: 10,
          cpu_time_unit: 'ms',
          cpu_time_value: 40,
          data_egress_unit: 'MB',
          data_egress_value: 5,
          duration_previous_value: 1,
          duration_unit: 's',
          duration_value: 2,
          last_modified: START_TIME,
          request_count_previous_value: 1000,
          request_count_unit: 'requests',
          request_count_value: 2000,
          routes: ['example.com/*'],
          script_name: 'example-worker',
          usage_model: 1,
        },
      ],
      start_date: '2026-01-01',
      total_data_egress_unit: 'MB',
      total_data_egress_value: 5,
      total_duration_unit: 's',
      total_duration_value: 2,
      total_request_count_unit: 'requests',
      total_request_count_value: 2000,
    },
  },
  {
    alertType: 'access_custom_certificate_expiration_type',
    text: 'A certificate for Access expires in 14 days.',
    data: {
      ...ACCOUNT,
      certificate_id: '1111aaaa2222bbbb3333cccc4444dddd',
      days_til_expiration: 14,
      hostnames: 'app.example.com',
      ...ZONE,
    },
  },
  {
    alertType: 'workers_observability_alert',
    text: 'The alert “Error rate” of Workers observability is pending.',
    data: {
      account: { id: ACCOUNT.account_tag, name: ACCOUNT.account_name },
      config: { id: '1111aaaa2222bbbb3333cccc4444dddd', name: 'Error rate' },
      episode: {
        first_failed: START_TIME,
        first_fired: START_TIME,
        id: '2222aaaa3333bbbb4444cccc5555dddd',
        last_failed: START_TIME,
        resolved_at: START_TIME,
        summary: 'The error rate is above 5 percent.',
      },
      status: 'PENDING',
    },
  },
];

/**
 * Stands for the alert types whose `data` Cloudflare does not describe. Its `alert_type` is the example of the page.
 */
export const OTHER_ALERT: SampleAlert = {
  alertType: 'http_alert_origin_error',
  text: 'The human-readable text of the alert.',
  data: {},
};

/** The body of the test that Cloudflare sends before it creates a destination ("Configure webhooks"). */
export const CLOUDFLARE_TEST = { text: 'The text of the test message.' } satisfies Fields;

/** Made-up values that are the same each time, for a document. */
export const EXAMPLE_VALUES: PayloadValues = {
  name: 'Example policy',
  accountId: ACCOUNT.account_tag,
  policyId: 'fedcba9876543210fedcba9876543210',
  correlationId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  event: 'ALERT_STATE_EVENT_START',
  ts: 1_767_225_600,
};

/** The documented body of an alert, with its fields in the order of Cloudflare's schema. */
export function toPayload({ alertType, text, data }: SampleAlert, values: PayloadValues) {
  return {
    name: values.name,
    text,
    data,
    ts: values.ts,
    account_id: values.accountId,
    policy_id: values.policyId,
    policy_name: values.name,
    alert_type: alertType,
    alert_correlation_id: values.correlationId,
    alert_event: values.event,
  } satisfies Fields;
}

const TEST_MARK = '[TEST]';

/** The payload marked as a test in its name and text, so that it is not taken for a real alert. */
export function toTestPayload(alert: SampleAlert, values: PayloadValues) {
  const text = `${TEST_MARK} Sent by Cloudflare Webhook Destinations in VS Code. Nothing is wrong. ${alert.text}`;
  return toPayload({ ...alert, text }, { ...values, name: `${TEST_MARK} ${values.name}` });
}
