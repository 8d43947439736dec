/** What a tenant decided for all of its stations and tokens. */
export interface TenantPolicy {
  /** Whether stations that nobody registered may knock: they wait in an inbox until somebody decides. */
  readonly onboarding: boolean;
  /** After how many seconds a station that was not accepted asks again. */
  readonly registrationRetryS: number;
  /** Tokens of this group end anybody's session and start none. */
  readonly masterGroupId?: string;
  /** How long stations may keep a verdict on a token that does not expire by itself; as long as they like when absent. */
  readonly cacheLifetimeS?: number;
  /** Whether stations show what charging costs: before it, while it runs and at its end; it costs reads for each. */
  readonly showRunningCost?: boolean;
}

/** What holds for a tenant that decided nothing. */
export const usualPolicy: TenantPolicy = { onboarding: false, registrationRetryS: 300 };

/** What one tenant decided. A station learns of a change with its next connection. */
export interface TenantPolicyStore {
  findPolicy(): Promise<TenantPolicy>;
  savePolicy(policy: TenantPolicy, at: number): Promise<void>;
}
