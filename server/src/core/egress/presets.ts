// Lists that owners name instead of writing them: hosts of package registries, and where vendors of models want their
// keys. Facts of other houses, as of November 2026.
import type { EgressCredential } from "@homarus/sdk";
import type { EgressRule, EgressSettings } from "./parts.ts";

const reads = ["GET", "HEAD", "OPTIONS"];

const readOnly = (hosts: readonly string[]): readonly EgressRule[] =>
  hosts.map((host) => ({ host, methods: reads, action: "allow" }));

/** A clone and a fetch ask with POST (https://git-scm.com/docs/http-protocol). */
const clones = (hosts: readonly string[]): readonly EgressRule[] => [
  ...readOnly(hosts),
  ...hosts.map((host): EgressRule => ({ host, methods: ["POST"], paths: ["/**/git-upload-pack"], action: "allow" })),
];

export const egressPresets: Readonly<Record<string, readonly EgressRule[]>> = {
  npm: [
    ...readOnly(["registry.npmjs.org", "registry.yarnpkg.com"]),
    {
      host: "registry.npmjs.org",
      methods: ["POST"],
      paths: ["/-/npm/v1/security/**"],
      action: "allow",
    },
  ],
  pip: readOnly(["pypi.org", "files.pythonhosted.org"]),
  "git-hosts": clones([
    "github.com",
    "codeload.github.com",
    "raw.githubusercontent.com",
    "objects.githubusercontent.com",
    "release-assets.githubusercontent.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
  ]),
  debian: readOnly(["deb.debian.org", "security.debian.org", "archive.ubuntu.com", "security.ubuntu.com"]),
  crates: readOnly(["crates.io", "index.crates.io", "static.crates.io"]),
  go: readOnly(["proxy.golang.org", "sum.golang.org"]),
};

/** Host and header of a vendor's API. */
const providers: Readonly<Record<string, { readonly host: string } & Omit<EgressCredential, "secret">>> = {
  anthropic: { host: "api.anthropic.com", header: "x-api-key" },
  openai: { host: "api.openai.com", header: "authorization", prefix: "Bearer " },
  google: { host: "generativelanguage.googleapis.com", header: "x-goog-api-key" },
  openrouter: { host: "openrouter.ai", header: "authorization", prefix: "Bearer " },
  mistral: { host: "api.mistral.ai", header: "authorization", prefix: "Bearer " },
  groq: { host: "api.groq.com", header: "authorization", prefix: "Bearer " },
  deepseek: { host: "api.deepseek.com", header: "authorization", prefix: "Bearer " },
  xai: { host: "api.x.ai", header: "authorization", prefix: "Bearer " },
};

export const egressPresetNames: readonly string[] = Object.keys(egressPresets);
export const egressProviderNames: readonly string[] = Object.keys(providers);

/** All rules of the settings, in the order in which they count: the owner's own first. */
export function expandPresets(
  settings: Pick<EgressSettings, "rules" | "presets" | "providers">,
): readonly EgressRule[] {
  return [
    ...settings.rules,
    ...settings.providers.flatMap(({ provider, secret, agents }): readonly EgressRule[] => {
      const { host, ...place } = providers[provider] ?? {};
      return host === undefined ? [] : [{ host, action: "allow", credential: { secret, ...place }, agents }];
    }),
    ...settings.presets.flatMap((name) => egressPresets[name] ?? []),
  ];
}
