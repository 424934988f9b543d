/** Where the replacements are kept that have not ended, in globalState. */
export const REPLACEMENTS_KEY = 'replacements';
