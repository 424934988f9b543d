/** Names that package.json declares or VS Code persists. Other files import them from here. */

export const VIEW_ID = 'cloudflareWebhooks.destinations';

export const STATUS_ITEM_ID = 'cloudflareWebhooks.health';

/** The view type of the panels, by which VS Code restores them. */
export const PANEL_TYPE = 'cloudflareWebhooks.panel';

/** The URI scheme of the JSON documents. */
export const JSON_SCHEME = 'cfwebhook';

/** The key of the accounts in persisted state. */
export const ACCOUNTS_KEY = 'accounts';

/** The language of the JSON documents, for which package.json turns auto save off. */
export const JSON_LANGUAGE = 'cfwebhook-json';

/** The end of the file names of replacements that have not ended, in the shared folder of operations. */
export const REPLACEMENT_SUFFIX = '.replacement.json';

/** The commands that package.json contributes, without their prefix `cloudflareWebhooks.`; a test compares the two lists. */
export const COMMANDS = [
  'addAccount',
  'replaceToken',
  'chooseToken',
  'renameAccount',
  'copyAccountId',
  'removeAccount',
  'refresh',
  'refreshAll',
  'createDestination',
  'editDestination',
  'renameDestination',
  'replaceDestination',
  'editDestinationAsJson',
  'createDestinationFromJson',
  'testDestination',
  'copyAsCurl',
  'copyAsTerraform',
  'deleteDestination',
  'showFailing',
  'goToDestination',
  'toggleFailingOnly',
  'showAll',
  'copyId',
  'copyUrl',
  'openInDashboard',
  'showLog',
  'confirmApiAddress',
  'forgetCredentials',
] as const;
export type ContributedCommand = (typeof COMMANDS)[number];

/** What is run by the fix of a secret in the text; takes the document's URI. Not contributed: it is of no use elsewhere. */
export const MOVE_SECRET = 'json.moveSecret';

/** Run by keys in the view, on the selected rows. Not contributed: the palette has the commands they stand for. */
export const RENAME_SELECTED = 'keys.rename';
export const DELETE_SELECTED = 'keys.delete';

export type CommandName = ContributedCommand | typeof MOVE_SECRET | typeof RENAME_SELECTED | typeof DELETE_SELECTED;
export type CommandId = `cloudflareWebhooks.${CommandName}`;
