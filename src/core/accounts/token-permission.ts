import { ApiError } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';

/** No destination has it. */
const NO_ID = '0'.repeat(32);

/**
 * Whether a token that can read the notifications of an account cannot change them. Cloudflare tells a token's permissions
 * only to a token that may read tokens. So this asks for a change that is not possible, and looks at the reason of the
 * refusal: the update of a destination that does not exist, without a name and a URL. Any other failure, for example of the
 * network, is no proof, and counts as `false`. Never rejects with an `ApiError`.
 */
export async function isReadOnly(api: Pick<Api, 'updateDestination'>, accountId: string): Promise<boolean> {
  try {
    await api.updateDestination(accountId, NO_ID, { name: '', url: '' });
    return false;
  } catch (error) {
    if (error instanceof ApiError) {
      return error.kind === 'forbidden';
    }
    throw error;
  }
}
