/** Names that package.json declares or VS Code persists. Other files import them from here. */

export const VIEW_ID = 'cloudflareWebhooks.destinations';

/** VS Code's MIME type for rows of the view: `application/vnd.code.tree.` and the view's ID in lower case. */
export const DRAGGED_ROWS = 'application/vnd.code.tree.cloudflarewebhooks.destinations';

export const STATUS_ITEM_ID = 'cloudflareWebhooks.health';

/** The color of failing destinations, which themes and users can change. */
export const FAILING_COLOR = 'cloudflareWebhooks.failingForeground';

/** The view type of the panels. VS Code restores panels by it. */
export const PANEL_TYPE = 'cloudflareWebhooks.panel';

/** The view type of the health overview. */
export const OVERVIEW_TYPE = 'cloudflareWebhooks.overview';

/** The scheme that VS Code gives the editor of a panel. */
export const PANEL_SCHEME = 'webview-panel';

/** The URI scheme of the JSON documents. */
export const JSON_SCHEME = 'cfwebhook';

/** The URI scheme of the read-only documents of Explain Delivery. */
export const DELIVERY_SCHEME = 'cfwebhook-delivery';

/** The URI scheme of the sample payloads. */
export const SAMPLE_SCHEME = 'cfwebhook-sample';

/** The URI scheme of the plan of an import, and of the export that a file is compared with. */
export const TRANSFER_SCHEME = 'cfwebhook-transfer';

/** The key of the accounts in persisted state. */
export const ACCOUNTS_KEY = 'accounts';

/** The ending of the names of policy documents. */
export const POLICY_ENDING = '.cfpolicy.json';

/** The language of the JSON documents, for which package.json turns auto save off. */
export const JSON_LANGUAGE = 'cfwebhook-json';

/** The file name suffix of unfinished replacements, in the shared folder of operations. */
export const REPLACEMENT_SUFFIX = '.replacement.json';

/**
 * The language model tools. All extensions share one namespace, and VS Code's guide asks for a verb and a noun, so each
 * name is prefixed with the name of the extension.
 */
export const TOOLS = {
  list: 'cloudflare-webhooks_list_destinations',
  failing: 'cloudflare-webhooks_get_failing_destinations',
} as const;

/**
 * The commands that package.json contributes, without the prefix `cloudflareWebhooks.`. A test compares the two lists.
 */
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
  'testUnproven',
  'showSamplePayload',
  'copySampleAsCurl',
  'copyAsCurl',
  'copyAsTerraform',
  'deleteDestination',
  'managePolicies',
  'createPolicy',
  'togglePolicy',
  'editPolicyAsJson',
  'explainDelivery',
  'exportDestinations',
  'importDestinations',
  'compareWithFile',
  'copyToAccount',
  'openOverview',
  'showFailing',
  'goToDestination',
  'toggleFailingOnly',
  'showAll',
  'copyId',
  'copyUrl',
  'copyLink',
  'openInDashboard',
  'showLog',
  'confirmApiAddress',
  'forgetCredentials',
] as const;
export type ContributedCommand = (typeof COMMANDS)[number];

/**
 * The command of the quick fix for a secret in the text; its argument is the document's URI. Not contributed, because
 * it has no other use.
 */
export const MOVE_SECRET = 'json.moveSecret';

/** The command of the quick fix for a URL that Cloudflare refused; its argument is the document's URI. Not contributed. */
export const TEST_DOCUMENT = 'json.testTyped';

/**
 * Run by keys on the selected rows of the view. Not contributed, because the palette has the corresponding commands.
 */
export const OPEN_SELECTED = 'keys.open';
export const RENAME_SELECTED = 'keys.rename';
export const DELETE_SELECTED = 'keys.delete';

export type CommandName =
  | ContributedCommand
  | typeof TEST_DOCUMENT
  | typeof MOVE_SECRET
  | typeof OPEN_SELECTED
  | typeof RENAME_SELECTED
  | typeof DELETE_SELECTED;
export type CommandId = `cloudflareWebhooks.${CommandName}`;
