import assert from 'node:assert/strict';
import { parse, type ParseError } from 'jsonc-parser';
import { DESTINATION_TYPES, typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import {
  findSample,
  formatSample,
  SAMPLE_IDS,
  type SampleWords,
  toSampleCurl,
} from '../../../../src/core/testing/sample-document.ts';
import {
  CLOUDFLARE_TEST,
  EXAMPLE_VALUES,
  type Json,
  OTHER_ALERT,
  SAMPLE_ALERTS,
  SEEN_IN_EVERY_DATA,
  toPayload,
  toTestPayload,
} from '../../../../src/core/testing/sample-payloads.ts';

/** The fields of `data` on Cloudflare's page "Webhook payload schema": `#` number, `$` string, `[` list, `{` object. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  advanced_ddos_attack_l4_alert:
    '$account_name $account_tag $action $attack_id $attack_vector $dashboard_link $max_rate #megabits_per_second $mitigation #packets_per_second $protocol $rule_description $rule_id $rule_name $ruleset_id $ruleset_override_id $start_time $target_id $target_ip #target_port',
  advanced_ddos_attack_l7_alert:
    '$account_name $account_tag $action $attack_id $attack_type $dashboard_link $max_rate $mitigation #requests_per_second $rule_description $rule_id $rule_link $ruleset_id $ruleset_override_id $start_time $target_hostname $zone_name $zone_tag',
  dedicated_ssl_certificate_event_type:
    '$account_name $account_tag $certificate_id $certificate_pack_id $certificate_status $event_type $hostnames $pack_ca $pack_id $pack_status $pack_validation $zone_name $zone_tag',
  health_check_status_notification:
    '$account_name $account_tag $failing_regions $health_check_id $health_check_name $new_health_status $new_status $old_status $origin_ip $reason $status_change_time $time_since_last_failure $zone_name $zone_tag',
  workers_alert:
    '$account_name #account_script_count $account_tag $alert_type #current_year $end_date #exceeding_script_count [scripts $start_date $total_data_egress_unit #total_data_egress_value $total_duration_unit #total_duration_value $total_request_count_unit #total_request_count_value',
  access_custom_certificate_expiration_type:
    '$account_name $account_tag $certificate_id #days_til_expiration $hostnames $zone_name $zone_tag',
  workers_observability_alert: '{account {config {episode $status',
};

const NESTED: Readonly<Record<string, string>> = {
  scripts:
    '#constant_script_id #cpu_time_previous_value $cpu_time_unit #cpu_time_value $data_egress_unit #data_egress_value #duration_previous_value $duration_unit #duration_value $last_modified #request_count_previous_value $request_count_unit #request_count_value [routes $script_name #usage_model',
  account: '$id $name',
  config: '$id $name',
  episode: '$first_failed $first_fired $id $last_failed $resolved_at $summary',
};

/** The fields that recipients recorded beside the documented ones; `?` for another type. */
const SEEN: Readonly<Record<string, string>> = {
  dedicated_ssl_certificate_event_type: '{data {metadata',
  health_check_status_notification: '#actual_code $expected_codes $name ?preview $status $time',
};

/** Fields without a value, as recipients recorded them. Cloudflare does not document the data of other alerts. */
const EMPTY: readonly string[] = [
  'dedicated_ssl_certificate_event_type.seenData.data.hosts',
  'dedicated_ssl_certificate_event_type.seenData.data.status',
  'dedicated_ssl_certificate_event_type.seenData.data.expires_on',
  'http_alert_origin_error.data',
];

const words: SampleWords = {
  intro: ['A sample.', '', 'seen: a mark.'],
  certainty: { documented: 'documented', seen: 'seen', inferred: 'inferred' },
  mayBeAbsent: 'may be absent',
  secret: '<secret>',
};
const generic = typeOrGeneric('generic');

function shapeOf(value: object): string {
  const sign = (each: unknown): string =>
    Array.isArray(each) ? '[' : ({ number: '#', string: '$', object: '{' }[typeof each as string] ?? '?');
  return Object.entries(value)
    .map(([name, each]) => sign(each) + name)
    .toSorted((a, b) => a.slice(1).localeCompare(b.slice(1)))
    .join(' ');
}

/** The paths of all texts, lists and objects without content. */
function findEmpty(path: string, value: Json | undefined): readonly string[] {
  if (value === null || value === '') {
    return [path];
  }
  if (typeof value !== 'object') {
    return [];
  }
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([name, each]) => findEmpty(`${path}.${name}`, each));
}

/** The value of a document, which must be JSON apart from comments. */
function read(text: string): Record<string, unknown> {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: false, allowTrailingComma: false });
  assert.deepEqual(errors, []);
  return value as Record<string, unknown>;
}

describe('sample payloads', () => {
  it('have every field that Cloudflare documents, and no other', () => {
    assert.deepEqual(
      Object.fromEntries(SAMPLE_ALERTS.map(({ alertType, data }) => [alertType, shapeOf(data)])),
      DOCUMENTED,
    );
    const nested = SAMPLE_ALERTS.flatMap(({ data }) => Object.entries(data))
      .map(([name, value]) => [name, Array.isArray(value) ? value[0] : value] as const)
      .filter(([, value]) => typeof value === 'object');
    assert.deepEqual(Object.fromEntries(nested.map(([name, value]) => [name, shapeOf(value)])), NESTED);
  });

  it('have the documented fields around the data, with the number of seconds and the policy twice', () => {
    for (const alert of SAMPLE_ALERTS) {
      const payload = toPayload(alert, EXAMPLE_VALUES);
      assert.equal(
        shapeOf(payload),
        '$account_id $alert_correlation_id $alert_event $alert_type {data $name $policy_id $policy_name $text #ts',
      );
      assert.equal(payload.name, payload.policy_name);
      assert.equal(new Date(payload.ts * 1000).toISOString(), '2026-01-01T00:00:00.000Z');
    }
  });

  it('have a value in every field', () => {
    const alerts = [...SAMPLE_ALERTS, OTHER_ALERT];
    assert.deepEqual(
      alerts.flatMap(({ alertType, text, data, seenData }) =>
        findEmpty(alertType, { text, data, ...(seenData ? { seenData } : {}) }),
      ),
      EMPTY,
    );
    assert.deepEqual(findEmpty('other', { ...SEEN_IN_EVERY_DATA, ...toPayload(OTHER_ALERT, EXAMPLE_VALUES) }), [
      'other.data',
    ]);
    assert.deepEqual(findEmpty('test', CLOUDFLARE_TEST), []);
  });

  it('have what recipients recorded, in fields that Cloudflare does not document', () => {
    const seen = SAMPLE_ALERTS.flatMap(({ alertType, seenData }) => (seenData ? [[alertType, seenData] as const] : []));
    assert.deepEqual(Object.fromEntries(seen.map(([alertType, data]) => [alertType, shapeOf(data)])), SEEN);
    for (const [alertType, data] of seen) {
      assert.ok(
        Object.keys(data).every((name) => !DOCUMENTED[alertType]?.split(' ').some((each) => each.slice(1) === name)),
      );
    }
  });

  it('use hosts and addresses that are reserved for documentation', () => {
    const all = JSON.stringify(SAMPLE_ALERTS);
    assert.deepEqual(new Set(all.match(/\b\d+\.\d+\.\d+\.\d+\b/g)), new Set(['192.0.2.10', '192.0.2.20']));
    for (const [host] of all.matchAll(/[\w.-]+\.(com|org|net|dev)\b/g)) {
      assert.match(host, /(^|\.)example\.com$|^dash\.cloudflare\.com$/);
    }
  });

  it('are marked as a test in name and text', () => {
    for (const alert of SAMPLE_ALERTS) {
      const payload = toTestPayload(alert, EXAMPLE_VALUES);
      assert.match(payload.name, /^\[TEST\] /);
      assert.match(payload.policy_name, /^\[TEST\] /);
      assert.match(payload.text, /^\[TEST\] Sent by Cloudflare Webhook Destinations in VS Code\. Nothing is wrong\. ./);
      assert.deepEqual(payload.data, alert.data);
    }
  });
});

describe('the document of a sample payload', () => {
  it('is the payload in JSON with comments', () => {
    for (const alert of SAMPLE_ALERTS) {
      assert.deepEqual(read(formatSample(alert.alertType, generic, words)), toPayload(alert, EXAMPLE_VALUES));
    }
    assert.deepEqual(Object.keys(read(formatSample('test', generic, words))), ['text']);
    assert.deepEqual(read(formatSample('other', generic, words))['data'], {});
  });

  it('says at each field how sure it is', () => {
    for (const id of SAMPLE_IDS) {
      for (const type of DESTINATION_TYPES) {
        const fields = formatSample(id, type, words)
          .split('\n')
          .filter((line) => /^ *(\/\/ )?"[^"]+":/.test(line));
        assert.ok(fields.length > 0);
        for (const line of fields) {
          assert.match(line, /\/\/ (documented|documented, may be absent|seen|inferred)$/);
        }
      }
    }
  });

  it('says which fields may be absent, but not of a field in the data with the same name', () => {
    for (const { alertType } of [...SAMPLE_ALERTS, { alertType: 'other' }]) {
      const lines = formatSample(alertType, generic, words).split('\n');
      const absent = lines
        .filter((line) => line.endsWith('may be absent'))
        .map((line) => /^  "([^"]+)"/.exec(line)?.[1]);
      assert.deepEqual(absent, [
        'account_id',
        'policy_id',
        'policy_name',
        'alert_type',
        'alert_correlation_id',
        'alert_event',
      ]);
    }
    assert.match(formatSample('workers_alert', generic, words), /\n {4}"alert_type": "cpu_time", \/\/ documented\n/);
  });

  it('has the fields that recipients recorded once, at the end of the data', () => {
    for (const id of SAMPLE_IDS.filter((each) => each !== 'test')) {
      const seen = { ...SEEN_IN_EVERY_DATA, ...findSample(id)?.seenData };
      const lines = formatSample(id, generic, words).split('\n');
      const expected = Object.entries(seen).map(
        ([name, value]) => `    // ${JSON.stringify(name)}: ${JSON.stringify(value)} // seen`,
      );
      assert.deepEqual(
        lines.filter((line) => /^ .*\/\/ seen$/.test(line)),
        expected,
      );
      const end = lines.indexOf('  },');
      assert.deepEqual(lines.slice(end - expected.length, end), expected);
    }
  });

  it('has each field of a list in a line of its own, and texts of a list in one line', () => {
    const text = formatSample('workers_alert', generic, words);
    assert.match(text, /\n {4}"scripts": \[ \/\/ documented\n {6}\{\n {8}"constant_script_id": 1, \/\/ documented\n/);
    assert.match(text, /\n {8}"routes": \["example\.com\/\*"\], \/\/ documented\n/);
  });

  it('exists for each alert type with a sample, for every other alert type, and for a test', () => {
    assert.deepEqual(SAMPLE_IDS, [...Object.keys(DOCUMENTED), 'other', 'test']);
    assert.equal(findSample('test'), undefined);
    assert.equal(findSample('other'), OTHER_ALERT);
  });

  it('comments out what only recipients recorded', () => {
    const text = formatSample('health_check_status_notification', generic, words);
    assert.match(text, /\n {4}"zone_tag": "\w+" \/\/ documented\n {4}\/\/ "severity": "INFO" \/\/ seen\n/);
    assert.match(text, /\n {4}\/\/ "status": "Unhealthy" \/\/ seen\n/);
    assert.match(text, /\n {2}"policy_id": "\w+", \/\/ documented, may be absent\n/);
    assert.match(text, /\n {2}"text": ".+", \/\/ documented\n/);
  });

  it('has the headers, with the secret only as a placeholder', () => {
    const headersOf = (name: string): readonly string[] =>
      formatSample('workers_alert', typeOrGeneric(name), words)
        .split('\n')
        .filter((line) => line.startsWith('//   '))
        .map((line) => line.slice(5));
    assert.deepEqual(headersOf('generic'), [
      'content-type: application/json  (seen)',
      'cf-webhook-auth: <secret>  (documented)',
      'user-agent: Go-http-client/2.0  (seen)',
      'cdn-loop: cloudflare; loops=1  (seen)',
      'cf-worker: <…>.workers.dev  (seen)',
    ]);
    assert.deepEqual(headersOf('splunk'), [
      'content-type: application/json  (inferred)',
      'Authorization: Splunk <secret>  (inferred)',
    ]);
    assert.deepEqual(headersOf('slack'), ['content-type: application/json  (inferred)']);
  });

  it('has the shape of the service where the format of Cloudflare is not documented', () => {
    const text = findSample('workers_alert')?.text;
    const bodies = DESTINATION_TYPES.filter((type) => !type.hasDocumentedPayload).map((type) => [
      type.type,
      read(formatSample('workers_alert', type, words)),
    ]);
    assert.deepEqual(Object.fromEntries(bodies), {
      slack: { text },
      discord: { content: text },
      gchat: { text },
      feishu: { msg_type: 'text', content: { text } },
      datadog: { title: 'Webhook test', text },
      opsgenie: { message: text },
      splunk: { event: text },
    });
  });

  it('begins with the words of the user interface, without trailing spaces', () => {
    const text = formatSample('test', generic, words);
    assert.ok(text.startsWith('// A sample.\n//\n// seen: a mark.\n//\n// POST\n'));
    assert.doesNotMatch(text, / $/m);
  });
});

describe('the curl command of a sample payload', () => {
  it('has variables for URL and secret, and is marked as a test', () => {
    for (const { alertType } of SAMPLE_ALERTS) {
      const curl = toSampleCurl(alertType, generic);
      assert.match(curl, /^curl --include --request POST "\$WEBHOOK_URL"/);
      assert.match(curl, /--header "cf-webhook-auth: \$CF_WEBHOOK_AUTH"/);
      const body: unknown = JSON.parse(/--data-raw '([^']+)'$/.exec(curl)?.[1] ?? '');
      assert.match((body as { readonly name: string }).name, /^\[TEST\]/);
    }
    assert.match(toSampleCurl('test', generic), /\$CF_WEBHOOK_AUTH"[^]+\{"text":"Test from /);
  });

  it('is the request of a test for a service', () => {
    assert.match(toSampleCurl('workers_alert', typeOrGeneric('splunk')), /Splunk \$WEBHOOK_SECRET"[^]+\{"event":"Test/);
    assert.doesNotMatch(toSampleCurl('workers_alert', typeOrGeneric('slack')), /SECRET|AUTH/);
  });
});
