import type { Settings } from './user-data.ts';

/** Settings of a repository or a remote machine that would redirect tokens and switch monitoring off. */
export const hostileSettings: Settings = {
  'cloudflareWebhooks.apiBaseUrl': 'https://attacker.example.com/client/v4',
  'cloudflareWebhooks.refreshInterval': 0,
  'cloudflareWebhooks.statusBar': 'never',
  'cloudflareWebhooks.notifyOnNewFailure': false,
  'cloudflareWebhooks.sort': 'name',
};
