import type { DemoAccountName } from './demo-destinations.ts';
import type { Policy } from './world.ts';

/** A policy of the demo world. Webhook destinations are referenced by name. */
export type DemoPolicy = Pick<Policy, 'name' | 'alert_type' | 'description' | 'filters' | 'alert_interval'> & {
  readonly webhooks?: readonly string[];
  readonly email?: readonly string[];
  readonly pagerduty?: readonly string[];
  readonly enabled?: false;
};

/** The name of a deleted destination, whose id is still in some policies. */
export const deletedDestinationName = 'Decommissioned relay';

export const demoPolicies: Readonly<Record<DemoAccountName, readonly DemoPolicy[]>> = {
  'Halden Logistics': [
    {
      name: 'Checkout origin errors',
      alert_type: 'http_alert_origin_error',
      description: 'The payments team is on the hook for these.',
      filters: { zones: ['4f1c6a90e1d84c3bb2f0a7d95e386c12'], slo: ['99.8'] },
      alert_interval: '30m',
      // The only mechanism of this policy is a failing destination.
      webhooks: ['Payments on-call'],
    },
    { name: 'Origin unreachable', alert_type: 'real_origin_monitoring', webhooks: ['Platform team', 'Primary pager'] },
    {
      name: 'Certificates',
      alert_type: 'universal_ssl_event_type',
      description: 'Universal Certificate validation status, issuance, renewal, and expiration notices',
      webhooks: ['Platform team', 'Edge metrics'],
      email: ['certificates@halden.example'],
    },
    {
      name: 'HTTP DDoS',
      alert_type: 'dos_attack_l7',
      webhooks: ['Incident room', 'Primary pager', 'SIEM'],
      email: ['security@halden.example', 'noc@halden.example'],
      pagerduty: ['c9f3b0d1a5e84276b1d07fa3c58e9042'],
    },
    {
      name: 'Pools of the tracking API',
      alert_type: 'load_balancing_health_alert',
      webhooks: ['Warehouse ops', 'Dispatch desk', 'Shenzhen hub'],
    },
    { name: 'Depot tunnels', alert_type: 'tunnel_health_event', webhooks: ['Platform team', 'Carrier portal'] },
    { name: 'Spending', alert_type: 'billing_usage_alert', email: ['finance@halden.example'] },
    { name: 'Drift', alert_type: 'tunnel_update_event', webhooks: ['Terraform drift bot'], enabled: false },
    // This policy only contains the id of a deleted destination, so its alerts are not delivered.
    { name: 'Log jobs', alert_type: 'failing_logpush_job_disabled_alert', webhooks: [deletedDestinationName] },
    {
      name: 'Cloudflare incidents',
      alert_type: 'incident_alert',
      filters: { incident_impact: ['INCIDENT_IMPACT_MAJOR', 'INCIDENT_IMPACT_CRITICAL'] },
      webhooks: ['Status page hook', 'Platform team'],
    },
  ],
  'Brightwater Media': [
    {
      name: 'Front page errors',
      alert_type: 'http_alert_origin_error',
      filters: { zones: ['9b7a20c4d6e14f0f8c31aa5d72e4b608'] },
      webhooks: ['Newsroom alerts', 'Editorial systems'],
    },
    { name: 'Stream origins', alert_type: 'real_origin_monitoring', webhooks: ['Video platform', 'Stream quality'] },
    {
      name: 'Attack on live streams',
      alert_type: 'dos_attack_l7',
      webhooks: ['Live events', 'Broadcast duty phone', 'Security log'],
      email: ['duty@brightwater.example'],
    },
    {
      name: 'Network attacks',
      alert_type: 'dos_attack_l4',
      webhooks: ['Security log'],
      pagerduty: ['0d6e1b7f4c2a49d38f51e7a0b9c4d216'],
    },
    {
      name: 'Paywall anomalies',
      alert_type: 'clickhouse_alert_fw_anomaly',
      webhooks: ['Paywall monitor', 'CDN watch'],
    },
    {
      name: 'Deployments',
      alert_type: 'pages_event_alert',
      filters: { environment: ['ENVIRONMENT_PRODUCTION'], event: ['EVENT_DEPLOYMENT_FAILED'] },
      webhooks: ['Image pipeline', deletedDestinationName],
    },
    { name: 'Certificates of the brands', alert_type: 'custom_ssl_certificate_event_type', webhooks: ['Ad serving'] },
    {
      name: 'Maintenance nearby',
      alert_type: 'maintenance_event_notification',
      filters: { airport_code: ['NRT', 'LHR'] },
      webhooks: ['Community moderators'],
      enabled: false,
    },
  ],
  'Tern & Co. Labs': [
    { name: 'Experiment tunnels', alert_type: 'tunnel_health_event', webhooks: ['Lab chat', 'On-call rota'] },
    {
      name: 'Certificates of the labs',
      alert_type: 'universal_ssl_event_type',
      webhooks: ['Release train', 'Field team'],
    },
    {
      name: 'Service tokens',
      alert_type: 'expiring_service_token_alert',
      webhooks: ['Home-grown router', 'Audit trail'],
    },
    { name: 'Sensor origin', alert_type: 'real_origin_monitoring', webhooks: ['Sensor gateway', 'Shanghai lab'] },
    { name: 'Spending of the labs', alert_type: 'billing_usage_alert', email: ['owners@tern.example'], enabled: false },
  ],
};
