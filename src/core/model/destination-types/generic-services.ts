import type { KnownService } from './destination-type.ts';

/**
 * Services that Cloudflare treats as `generic`, of which something is known that the type cannot tell. Cloudflare sends
 * all of them a body with the key `text`.
 */
export const GENERIC_SERVICES: readonly KnownService[] = [
  {
    label: 'PagerDuty',
    // developers.cloudflare.com, "Common errors": a webhook of PagerDuty is refused with status 400.
    matches: ({ hostname }) => /^events\.(eu\.)?pagerduty\.com$/.test(hostname),
    documentation: 'https://developers.cloudflare.com/notifications/get-started/configure-pagerduty/',
    support: 'refused',
  },
  {
    label: 'Power Automate (Teams)',
    // The workflow starts with any body, answers 202 and then fails unless the body is a message with cards.
    matches: ({ hostname, pathname }) =>
      /(^|\.)logic\.azure\.(com|us|cn)$/.test(hostname) ||
      (/\.powerplatform\.(com|us|cn)$/.test(hostname) && pathname.includes('/workflows/')),
    documentation:
      'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using',
    support: 'silent',
  },
  {
    label: 'Teams',
    matches: ({ hostname }) =>
      /(^|\.)webhook\.office(365)?\.(com|us)$/.test(hostname) || hostname === 'outlook.office.com',
    documentation:
      'https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using',
    reports: true,
  },
  {
    label: 'Lark',
    matches: ({ hostname, pathname }) => hostname === 'open.larksuite.com' && pathname.startsWith('/open-apis/bot/'),
    documentation: 'https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot',
    reports: true,
  },
  {
    label: 'DingTalk',
    matches: ({ hostname }) => hostname === 'oapi.dingtalk.com',
    documentation: 'https://open.dingtalk.com/document/group/custom-robot-access',
    reports: true,
  },
  {
    label: 'WeCom',
    matches: ({ hostname, pathname }) => hostname === 'qyapi.weixin.qq.com' && pathname.startsWith('/cgi-bin/webhook/'),
    documentation: 'https://developer.work.weixin.qq.com/document/path/91770',
    reports: true,
  },
  {
    label: 'Google Apps Script',
    // A web app runs first and then redirects to its output.
    matches: ({ hostname, pathname }) => hostname === 'script.google.com' && pathname.startsWith('/macros/'),
    documentation: 'https://developers.google.com/apps-script/guides/content#redirects',
    answersFrom: 'script.googleusercontent.com',
  },
];
