/** An alert that a policy can be about (`GET …/available_alerts`). */
export type AlertType = {
  /** As a policy writes it, e.g. `dos_attack_l7`. */
  readonly type: string;
  /** Cloudflare's display name; the type where there is none. */
  readonly name: string;
  readonly product: string;
  readonly description: string;
  readonly filters: readonly AlertFilter[];
};

/** A filter of an alert type (`filter_options`). */
export type AlertFilter = {
  /** The key in a policy's `filters`. */
  readonly key: string;
  /** The range begins with 1, for example `1-n`: a policy without the filter is refused (code 17103). */
  readonly isRequired: boolean;
  /** How many values the filter takes; absent if unlimited. */
  readonly most?: number;
  /** The allowed values; empty if any value is allowed. */
  readonly values: readonly { readonly id: string; readonly description: string }[];
};
