/** The environment a token may be offered from; it is read only when the user asks for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function hasEnvironmentToken(environment: Environment): boolean {
  return Boolean(environment['CLOUDFLARE_API_TOKEN']?.trim());
}
