/** VS Code's name for the panels' windows, by which it restores them. */
export const PANEL_TYPE = 'cloudflareWebhooks.panel';
