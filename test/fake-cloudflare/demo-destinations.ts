import { text } from './random.ts';

/** The accounts and destinations of the demo world, as tables. `demo-world.ts` converts the tables to records. */

export const demoAccountNames = ['Halden Logistics', 'Brightwater Media', 'Tern & Co. Labs'] as const;
export type DemoAccountName = (typeof demoAccountNames)[number];

/**
 * The results of past deliveries. `failing` succeeded before and fails now, `never-worked` has always failed,
 * `recovered` failed before and succeeds now, `unused` has null timestamps, `unused-bare` has no timestamps.
 */
export type Past = 'healthy' | 'recovered' | 'failing' | 'never-worked' | 'unused' | 'unused-bare';

export type DemoDestination = {
  readonly name: string;
  readonly url: string;
  readonly past: Past;
  readonly secret?: string;
};

/** Returns the destinations. Names are unique. URLs below `receiversUrl` can be tested directly from this machine. */
export function demoDestinations(receiversUrl: string): Readonly<Record<DemoAccountName, readonly DemoDestination[]>> {
  return {
    'Halden Logistics': [
      row('Payments on-call', slack('payments', revoked), 'failing'),
      row('Platform team', slack('platform'), 'healthy'),
      row('Warehouse ops', slack('warehouse'), 'recovered'),
      row('Incident room', discord('incident-room'), 'healthy'),
      row('Nightly builds', discord('nightly'), 'unused'),
      row('Dispatch desk', gchat('dispatch'), 'healthy'),
      row('Shenzhen hub', feishu('shenzhen'), 'healthy'),
      row('Edge metrics', 'https://api.datadoghq.com/api/v1/events', 'healthy', secretOf('edge-metrics')),
      row('Primary pager', 'https://api.opsgenie.com/v2/alerts', 'healthy', secretOf('primary-pager')),
      row('SIEM', 'https://splunk.halden.example/services/collector/event', 'never-worked', revoked),
      row('Status page hook', 'https://status.halden.example/hooks/cloudflare', 'healthy', secretOf('status')),
      row('Terraform drift bot', 'https://bots.halden.example/drift', 'healthy'),
      row('Carrier portal', 'https://portal.halden.example/alerts?source=cloudflare', 'recovered', secretOf('carrier')),
      row('Customs gateway', 'https://customs.halden.example/notify', 'unused-bare'),
      row('Old runbook trigger', 'https://hooks.slack.com/triggers/T0HALDEN0/runbook', 'unused'),
    ],
    'Brightwater Media': [
      row('Newsroom alerts', slack('newsroom'), 'healthy'),
      row('Video platform', slack('video'), 'healthy'),
      row('Ad serving', slack('ads'), 'healthy'),
      row('Live events', discord('live-events', revoked), 'failing'),
      row('Community moderators', discord('moderators'), 'healthy'),
      row('Editorial systems', gchat('editorial'), 'healthy'),
      row('CDN watch', gchat('cdn-watch'), 'recovered'),
      row('Tokyo bureau', feishu('tokyo'), 'unused'),
      row('Stream quality', 'https://api.datadoghq.com/api/v1/events', 'healthy', secretOf('stream-quality')),
      row('Broadcast duty phone', 'https://api.opsgenie.com/v2/alerts', 'healthy', secretOf('broadcast')),
      row('Security log', 'https://http-inputs.brightwater.example/services/collector', 'healthy', secretOf('log')),
      row('Paywall monitor', 'https://paywall.brightwater.example/cf', 'failing', revoked),
      row('Image pipeline', 'https://images.brightwater.example/webhooks/alerts', 'healthy'),
      row('Archive migration', 'https://archive.brightwater.example/in', 'unused'),
    ],
    'Tern & Co. Labs': [
      row('Lab chat', `${receiversUrl}/slack/services/T0TERN000/B0LABCHAT/${text('lab-chat', 24)}`, 'healthy'),
      row('Release train', `${receiversUrl}/discord/api/webhooks/841207735518904381/${text('release', 68)}`, 'healthy'),
      row(
        'Field team',
        `${receiversUrl}/gchat/v1/spaces/AAAAfield/messages?key=k0&token=${text('field', 43)}`,
        'healthy',
      ),
      row('Shanghai lab', `${receiversUrl}/feishu/open-apis/bot/v2/hook/${text('shanghai', 36)}`, 'healthy'),
      row('Cost anomalies', `${receiversUrl}/datadog/api/v1/events`, 'unused', secretOf('cost')),
      row('On-call rota', `${receiversUrl}/opsgenie/v2/alerts`, 'healthy', secretOf('rota')),
      row('Audit trail', `${receiversUrl}/splunk/services/collector/event`, 'recovered', secretOf('audit')),
      row('Home-grown router', `${receiversUrl}/generic/secured/router`, 'healthy', secretOf('router')),
      row('Sensor gateway', `${receiversUrl}/generic/sensors`, 'healthy'),
      row('Prototype board', 'https://hooks.tern.example/board', 'unused'),
    ],
  };
}

function row(name: string, url: string, past: Past, secret?: string): DemoDestination {
  return { name, url, past, ...(secret === undefined ? {} : { secret }) };
}

function slack(channel: string, secret = text(channel, 24)): string {
  return `https://hooks.slack.com/services/T0${text(channel, 8, upper)}/B0${text(`${channel}/b`, 8, upper)}/${secret}`;
}

function discord(channel: string, secret = text(channel, 68)): string {
  return `https://discord.com/api/webhooks/8${text(channel, 17, '0123456789')}/${secret}`;
}

function gchat(space: string): string {
  return `https://chat.googleapis.com/v1/spaces/AAAA${text(space, 7)}/messages?key=${text(`${space}/key`, 39)}&token=${text(space, 43)}`;
}

function feishu(bot: string): string {
  return `https://open.feishu.cn/open-apis/bot/v2/hook/${text(bot, 36, '0123456789abcdef')}`;
}

function secretOf(name: string): string {
  return text(`secret/${name}`, 32);
}

/** A secret that the receivers reject, so that tests of failing destinations fail too. */
const revoked = 'wrong-since-the-key-was-rotated';
const upper = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';
