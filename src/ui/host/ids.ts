/** Names that package.json declares or VS Code persists. Other files import them from here. */

export const VIEW_ID = 'cloudflareWebhooks.destinations';

export const STATUS_ITEM_ID = 'cloudflareWebhooks.health';

/** The view type of the panels, by which VS Code restores them. */
export const PANEL_TYPE = 'cloudflareWebhooks.panel';

/** The URI scheme of the JSON documents. */
export const JSON_SCHEME = 'cfwebhook';

/** The key of unfinished replacements in persisted state. */
export const REPLACEMENTS_KEY = 'replacements';
