// The gateway's part of homarus.json: where it listens, who gets in, and how it is reached from other machines.
// Evaluated when the catalog is built; at run time only types come from here.
import { s } from "@homarus/sdk";
import { nodes } from "./nodes-schema.ts";

const minuteMs = 60_000;
const longestMs = 24 * 60 * minuteMs;

const trustedProxy = s.object(
  {
    userHeader: s.string({ minLength: 1, help: "The header that names the user, for example Remote-User." }),
    requiredHeaders: s.withDefault(
      s.list(s.string({ minLength: 1 }), { help: "Headers that must be there too, with any value." }),
      [],
    ),
    allowUsers: s.withDefault(s.list(s.string(), { help: "Users who may come in; empty lets in all of them." }), []),
  },
  { help: "For the login `trusted-proxy`: what a proxy of trustedProxies sets for a user whom it has let in." },
);

const guesses = s.object(
  {
    maxAttempts: s.withDefault(s.integer({ min: 1, max: 10_000 }), 10),
    windowMs: s.withDefault(s.integer({ min: 1000, max: longestMs }), minuteMs),
    lockoutMs: s.withDefault(s.integer({ min: 1000, max: longestMs }), 5 * minuteMs),
    exemptLoopback: s.withDefault(s.boolean(), true),
  },
  { help: "So many wrong secrets within windowMs lock an address for lockoutMs." },
);

const auth = s.object({
  mode: s.withDefault(
    s.choice(["token", "password", "trusted-proxy", "none"], {
      title: "Login",
      help: "`none` is accepted on a loopback address only.",
    }),
    "token",
  ),
  token: s.optional(
    s.secret({ title: "Token", help: "Absent: made at the first start and kept in the state folder." }),
  ),
  password: s.optional(
    s.secret({ title: "Password", help: "Twelve characters or more where other machines can reach the gateway." }),
  ),
  trustedProxy: s.optional(trustedProxy),
  allowTailscale: s.withDefault(
    s.boolean({ help: "Tailscale Serve's login counts, once the machine's Tailscale has confirmed it." }),
    false,
  ),
  rateLimit: s.withDefault(guesses, {}),
});

const tls = s.object(
  {
    enabled: s.withDefault(s.boolean({ title: "TLS" }), false),
    certFile: s.optional(
      s.string({ minLength: 1, help: "PEM file with the certificate and what lies between it and its authority." }),
    ),
    keyFile: s.optional(s.string({ minLength: 1, help: "PEM file with the certificate's key." })),
    caFile: s.optional(
      s.string({ minLength: 1, help: "PEM file of certificates to send along, where certFile has the own one alone." }),
    ),
    autoGenerate: s.withDefault(
      s.boolean({ help: "Without certFile: a self-signed certificate is made and kept in the state folder." }),
      true,
    ),
  },
  { help: "https:// and wss:// on the gateway's port." },
);

const tailscale = s.object({
  mode: s.withDefault(
    s.choice(["off", "serve", "funnel"], {
      title: "Tailscale",
      help: "serve: for your tailnet; funnel: for everybody, which needs the login `password`.",
    }),
    "off",
  ),
  resetOnExit: s.withDefault(s.boolean({ help: "Takes the address back when the gateway stops." }), false),
});

export const gateway = s.object({
  host: s.withDefault(
    s.string({ title: "Address", help: "127.0.0.1 keeps the gateway on this machine." }),
    "127.0.0.1",
  ),
  port: s.withDefault(s.integer({ title: "Port", min: 0, max: 65_535 }), 18_789),
  auth: s.withDefault(auth, {}),
  allowedOrigins: s.withDefault(
    s.list(s.string(), { help: "Web pages of other hosts that may connect, for example https://home.example." }),
    [],
  ),
  trustedProxies: s.withDefault(
    s.list(s.string(), { help: "Addresses or ranges (10.0.0.0/8) of proxies whose X-Forwarded-For counts." }),
    [],
  ),
  rateLimit: s.withDefault(
    s.object(
      {
        requestsPerMinute: s.withDefault(s.integer({ min: 1 }), 600),
        upgradesPerMinute: s.withDefault(s.integer({ min: 1 }), 120),
        callsPerMinute: s.withDefault(
          s.integer({ min: 0, help: "Calls of one device or client that is logged in; 0 for no limit." }),
          600,
        ),
        loopbackExempt: s.withDefault(s.boolean(), true),
      },
      { help: "HTTP requests and new connections of one address, calls of one client." },
    ),
    {},
  ),
  tls: s.withDefault(tls, {}),
  tailscale: s.withDefault(tailscale, {}),
  nodes: s.withDefault(nodes, {}),
});
