// The way out of sandboxes, in homarus.json: which hosts, methods and paths, and whose keys. Evaluated when the catalog is
// built; at run time only types come from here.
import { s } from "@homarus/sdk";

const agents = s.optional(s.list(s.string(), { help: "Ids of the agents that it is for. Absent: each agent." }));
const nameOfSecret = s.secretName({ help: "Name of a secret of the house." });

const credential = s.object(
  {
    secret: nameOfSecret,
    header: s.optional(s.string({ pattern: /^[\w-]+$/, help: "The header that it goes into, for example x-api-key." })),
    prefix: s.optional(s.string({ help: "Before it in the header, for example `Bearer ` with a space." })),
    query: s.optional(s.string({ minLength: 1, help: "The parameter of the address that it goes into." })),
    basic: s.optional(s.string({ help: "A user name: the secret is its password." })),
  },
  {
    help: "Put in by the house; the sandbox never sees it. With the secret alone it takes the place of homarus-secret:NAME.",
  },
);

const rule = s.object({
  host: s.string({
    minLength: 1,
    help: "api.example.com, *.example.com for what is below it, or *; with :8080 where the port is not 80 or 443.",
  }),
  methods: s.optional(s.list(s.string({ pattern: /^(\*|[A-Za-z]+)$/ }), { help: "For example GET. Absent: each." })),
  paths: s.optional(
    s.list(s.string({ pattern: /^\// }), {
      help: "/v1/* for one part after it, /v1/** for all below it. Absent: each.",
    }),
  ),
  action: s.choice(["allow", "ask", "deny"], { help: "deny wins; of the others the first that fits counts." }),
  inspect: s.optional(
    s.boolean({
      help: "false passes TLS through unread, for programs that trust no authority but their own: no leak is seen there.",
    }),
  ),
  credential: s.optional(credential),
  plainHttp: s.optional(
    s.boolean({
      help: "true lets the credential go to http:// addresses of the host too, where others can read it on its way. This machine needs no leave.",
    }),
  ),
  agents,
  private: s.optional(s.boolean({ help: "The host may be inside your network, for example a model on this machine." })),
});

const provider = s.object({
  provider: s.string({ help: "A vendor of models, for example anthropic: its API is allowed, with its key put in." }),
  secret: nameOfSecret,
  agents,
});

export const egress = s.object(
  {
    rules: s.withDefault(s.list(rule, { help: "What nothing allows is denied." }), []),
    presets: s.withDefault(
      s.list(s.choice(["npm", "pip", "git-hosts", "debian", "crates", "go"]), {
        help: "Hosts of package registries and of code, for reading.",
      }),
      [],
    ),
    providers: s.withDefault(s.list(provider, { help: "Vendors that programs in a sandbox may ask." }), []),
    askWrites: s.withDefault(
      s.boolean({ help: "Asks you for each request that may change something, also where a rule allows it." }),
      false,
    ),
    leaks: s.withDefault(
      s.choice(["block", "warn", "off"], {
        help: "What becomes of a request or an answer that holds a secret of the house, or what looks like a key.",
      }),
      "block",
    ),
    maxBodyMegabytes: s.withDefault(
      s.integer({ min: 1, max: 512, help: "Of one request. It is held in memory until it has been seen whole." }),
      16,
    ),
    maxAnswerMegabytes: s.withDefault(
      s.integer({ min: 1, max: 100_000, help: "Of one answer, or of all that a WebSocket brings." }),
      2048,
    ),
    approvalSeconds: s.withDefault(
      s.integer({ min: 1, max: 86_400, help: "How long a request waits for your answer; then it is denied." }),
      300,
    ),
  },
  { title: "Ways out", help: "What programs in a sandbox reach. They have no network but this." },
);
