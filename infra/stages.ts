import * as z from 'zod';

const domain = z.strictObject({
  /** The host name clients use. */
  name: z.string().min(1),
  /** ACM certificate of that name; CloudFront takes certificates of us-east-1 only. */
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:us-east-1:/, 'CloudFront takes certificates of us-east-1 only'),
});

/** An address that carries what signs people in: over TLS, or not beyond this machine. */
function keepsSecrets(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname));
}

const stageShape = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]{1,11}$/),
  /** Deploys here; absent: wherever the CLI's credentials point. */
  region: z.string().optional(),
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  logRetentionDays: z.literal([1, 7, 30, 90, 180, 365]),
  /** How long what stations said can be read. */
  stationLogDays: z.int().min(1).max(400),
  /** Who hears of alarms: somebody, wherever data are to be kept. */
  alarmEmail: z.email().optional(),
  /** Keeps tables, secrets and users when a stack is deleted, and refuses to delete them. */
  protectData: z.boolean(),
  /** OCPP security profiles a station may be set up for. 0 and 1 need a path without TLS. */
  securityProfiles: z.array(z.literal([0, 1, 2, 3])).min(1),
  /** Whether stations may come without TLS: never where the internet can reach. */
  plainStations: z.boolean(),
  /** CloudFront trust store that proves station certificates (security profile 3); absent: not at the edge. */
  stationTrustStoreId: z.string().optional(),
  /**
   * The version of the origin secret that CloudFront sends (`infra/README.md` says when to name another); absent:
   * the one that is current when the stage is first deployed.
   */
  originSecretVersion: z.uuid().optional(),
  /**
   * A connection without a frame for so long is over, whatever was told of it: API Gateway cuts it after ten minutes,
   * and a station that is heard of is written every two.
   */
  silentAfterSeconds: z.int().min(750),
  /** Hosts within the network that stations' and tenants' requests may lead to: OCSP responders, provisioning services. */
  insideHosts: z.array(z.string().min(1)),
  domains: z.strictObject({ public: domain.optional(), stations: domain.optional() }),
  /** WAF web ACL (scope CLOUDFRONT) for the public host. Never for stations: they share addresses. */
  webAclArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:wafv2:us-east-1:\d+:global\/webacl\//, 'CloudFront takes global web ACLs only')
    .optional(),
  /** Where the sign-in page may send people back to. */
  callbackUrls: z.array(z.url().refine(keepsSecrets, 'only this machine may be reached by http')).min(1),
  /** Whether the GraphQL API shows its schema to whoever has a token. */
  introspection: z.boolean(),
  /** Client ids besides our own whose tokens the HTTP API takes. */
  apiAudiences: z.array(z.string().min(1)),
  /** Concurrent executions kept for the functions that stations wait for; absent: from the account's pool. */
  reservedConcurrency: z
    .strictObject({ authorizeStation: z.int().positive(), stationLink: z.int().positive() })
    .partial(),
  throttle: z.strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() }),
  rating: z.strictObject({
    /**
     * How long after its end was told a session is first rated. From a minute on, no event that comes live misses its
     * CDR: later ones are looked at one by one.
     */
    settleSeconds: z.int().min(0).max(900),
    /** How long an ended session may wait for late events before it is billed all the same. */
    graceSeconds: z.int().min(1).max(900),
  }),
});

/** What no stage may be, whatever its fields say one by one. */
const stageSchema = stageShape
  .refine((stage) => stage.plainStations || !stage.securityProfiles.some((profile) => profile < 2), {
    path: ['securityProfiles'],
    message: 'profiles 0 and 1 come without TLS, which this stage does not let in',
  })
  .refine(
    (stage) =>
      stage.plainStations || stage.stationTrustStoreId !== undefined || !stage.securityProfiles.includes(3),
    {
      path: ['securityProfiles'],
      message: 'profile 3 needs stationTrustStoreId: without it nobody checks certificates',
    },
  )
  .refine((stage) => !stage.plainStations || stage.stationTrustStoreId === undefined, {
    path: ['stationTrustStoreId'],
    message: 'CloudFront asks for no certificates on a host that takes connections without TLS',
  })
  .refine((stage) => !stage.protectData || stage.alarmEmail !== undefined, {
    path: ['alarmEmail'],
    message: 'somebody must hear of alarms where data are to be kept',
  });

/** Everything in which one deployment of the app may differ from another. */
export type StageConfig = Readonly<z.infer<typeof stageSchema>>;

type StageInput = z.input<typeof stageShape>;

const shared: Omit<StageInput, 'name' | 'callbackUrls'> = {
  logLevel: 'INFO',
  logRetentionDays: 30,
  stationLogDays: 14,
  protectData: true,
  securityProfiles: [2],
  plainStations: false,
  silentAfterSeconds: 900,
  insideHosts: [],
  introspection: false,
  domains: {},
  apiAudiences: [],
  reservedConcurrency: {},
  throttle: { ratePerSecond: 500, burst: 1000 },
  rating: { settleSeconds: 60, graceSeconds: 300 },
};

const stages: Readonly<Record<string, StageInput>> = {
  local: {
    ...shared,
    name: 'local',
    logRetentionDays: 1,
    protectData: false,
    securityProfiles: [1, 2, 3],
    plainStations: true,
    insideHosts: ['127.0.0.1', 'localhost'],
    introspection: true,
    callbackUrls: ['http://127.0.0.1:8080/'],
    apiAudiences: ['open-csms'],
    throttle: { ratePerSecond: 10_000, burst: 5000 },
    rating: { settleSeconds: 0, graceSeconds: 5 },
  },
  dev: {
    ...shared,
    name: 'dev',
    logLevel: 'DEBUG',
    introspection: true,
    alarmEmail: 'developers@example.com',
    logRetentionDays: 7,
    callbackUrls: ['http://localhost:5173/'],
  },
  prod: {
    ...shared,
    name: 'prod',
    logRetentionDays: 365,
    alarmEmail: 'operations@example.com',
    callbackUrls: ['https://csms.example.com/'],
    throttle: { ratePerSecond: 5000, burst: 5000 },
  },
};

/** The configuration of a stage by its name. Throws, naming the stages there are, or the field that is wrong. */
export function stageConfig(name: string): StageConfig {
  const stage = stages[name];
  if (!stage) throw new Error(`No stage "${name}"; there are ${Object.keys(stages).join(', ')}`);
  return parseStage(stage);
}

/** Checks a configuration. Throws, naming the field that is wrong. */
export function parseStage(stage: StageInput): StageConfig {
  return stageSchema.parse(stage);
}

/** The names that `stageConfig` takes. */
export const stageNames: readonly string[] = Object.keys(stages);
