// The way out of sandboxes as clients ask for it: rules are changed in the config, where the owner can read them.
import { type AuditRecord, type EgressRequest, Fault, type Json } from "@homarus/sdk";
import type { EgressRule } from "../core/egress/parts.ts";
import { egressTroubles } from "../core/egress/troubles.ts";
import type { EgressWish, Safety } from "../gateway/safety.ts";
import type { HouseParts } from "./house-parts.ts";
import { lazyEgressRules } from "./lazy.ts";

export function houseEgress(parts: HouseParts): Safety["egress"] {
  const { ground, egress } = parts;
  const { config, store, clock } = ground;
  const record = (action: string, by: string, detail: AuditRecord["detail"]) =>
    store.commit([
      { type: "audit", record: { type: "policy", at: clock.now(), actor: by, action, ...(detail && { detail }) } },
    ]);
  return {
    async rules() {
      const settings = config.current().egress;
      const { expand } = await lazyEgressRules();
      const own = settings.rules.map((rule) => ({ ...plain(rule), action: rule.action, from: "config" }));
      const given = expand({ ...settings, rules: [] });
      const names = [...settings.presets, ...settings.providers.map(({ provider }) => provider)].join(", ");
      return [...own, ...given.map((rule) => ({ ...plain(rule), action: rule.action, from: names }))];
    },
    async allow(wish, by) {
      const rule = ruleOf(wish);
      if (wish.once) egress.allowOnce(rule);
      else {
        const at = config.current().egress.rules.length;
        await config.edit([{ path: ["egress", "rules", at], value: rule as unknown as Json }], undefined, by);
      }
      await record(wish.once ? "allows a host once" : "adds a way out", by, { host: wish.host, action: rule.action });
    },
    async remove(host, by) {
      const { rules } = config.current().egress;
      const found = rules.flatMap((rule, index) => (rule.host === host ? [index] : []));
      if (found.length === 0) return 0;
      // From the end, so that the places of those before stay.
      await config.edit(
        found.reverse().map((index) => ({ path: ["egress", "rules", index], value: undefined })),
        undefined,
        by,
      );
      await record("takes a way out away", by, { host });
      return found.length;
    },
    async explain(method, url, agent) {
      const { judge } = await lazyEgressRules();
      const judged = judge(requestOf(method, url, agent ?? parts.routeRules().defaultAgent), config.current().egress);
      if (judged.type === "allow") return { decision: "allow", reason: "A rule allows it." };
      if (judged.type === "ask") return { decision: "ask", reason: judged.reason, hint: judged.no.hint };
      return { decision: "deny", reason: judged.reason, hint: judged.hint };
    },
  };
}

function plain({ host, methods, paths, agents, private: isPrivate }: EgressRule) {
  return {
    host,
    ...(methods && { methods }),
    ...(paths && { paths }),
    ...(agents && { agents }),
    ...(isPrivate === undefined ? {} : { private: isPrivate }),
  };
}

function ruleOf({ host, methods, paths, agents, action = "allow", private: isPrivate }: EgressWish): EgressRule {
  const rule: EgressRule = {
    ...plain({ host: host.trim().toLowerCase(), methods, paths, agents, action, private: isPrivate }),
    action,
  };
  const [wrong] = egressTroubles({ rules: [rule], presets: [], providers: [], askWrites: false });
  if (wrong === undefined) return rule;
  const place = wrong.path.replace(/^rules\.0\./, "");
  throw new Fault("invalid", "egress.rule", `The rule was not taken: its ${place} ${wrong.message}.`, {
    hint: "Name a host: api.example.com, *.example.com, 127.0.0.1:8080.",
  });
}

function requestOf(method: string, address: string, agent: string): EgressRequest {
  const url = URL.parse(/^https?:/.test(address) ? address : `https://${address}`);
  if (!url)
    throw new Fault("invalid", "egress.address", `${address} is no address.`, { hint: "Write https://host/path." });
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = Number(url.port) || (scheme === "http" ? 80 : 443);
  return {
    ...{ kind: "request", scheme, host: url.hostname.replace(/^\[|\]$/g, ""), port, method: method.toUpperCase() },
    ...{ target: `${url.pathname}${url.search}`, headers: [], sandboxId: "", agent, sessionKey: "" },
  };
}
