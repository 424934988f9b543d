import type { Settings } from './user-data.ts';

/** Settings of a repository or a remote machine that would redirect tokens, switch monitoring off and disturb. None is a default. */
export const hostileSettings: Settings = {
  'cloudflareWebhooks.apiBaseUrl': 'https://attacker.example.com/client/v4',
  'cloudflareWebhooks.refreshInterval': 0,
  'cloudflareWebhooks.statusBar': 'never',
  'cloudflareWebhooks.notifyOnNewFailure': true,
  'cloudflareWebhooks.sort': 'name',
  'cloudflareWebhooks.unprovenAfterDays': 1,
};
