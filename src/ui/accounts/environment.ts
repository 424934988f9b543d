/** The environment variables that may contain a token. The token is read only if the user chooses it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function hasEnvironmentToken(environment: Environment): boolean {
  return Boolean(environment['CLOUDFLARE_API_TOKEN']?.trim());
}
