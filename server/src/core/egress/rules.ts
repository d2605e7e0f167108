// What the rules say to a request that leaves a sandbox. Denied is what nothing allows; a rule that denies wins; among
// the others the first that fits counts. Pure.
import {
  type EgressAllowed,
  type EgressCredential,
  type EgressDenied,
  type EgressRequest,
  type Mark,
  marksText,
} from "@homarus/sdk";
import type { EgressJudgement, EgressRule, EgressSettings } from "./parts.ts";
import { hostFits, isInternalName, isThisMachine, methodFits, pathFits, splitPattern } from "./patterns.ts";
import { expandPresets } from "./presets.ts";
import { needsReading } from "./troubles.ts";

const readingMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

const isInspected = (rule: EgressRule): boolean => rule.inspect !== false || needsReading(rule);

/** The question that is asked for each tunnel and then for each request in it. */
export function judgeEgress(request: EgressRequest, settings: EgressSettings): EgressJudgement {
  const rules = expandPresets(settings).filter((rule) => concerns(rule, request));
  const named = rules.filter((rule) => splitPattern(rule.host).name !== "*");
  if (isInternalName(request.host) && !named.some((rule) => rule.private))
    return refusal(
      request,
      "egress.internal-name",
      "is a name of the own network, where sandboxes do not go",
      "private",
    );
  return request.kind === "connect" ? judgeTunnel(request, rules, settings) : judgeRequest(request, rules, settings);
}

function concerns(rule: EgressRule, { host, port, agent }: EgressRequest): boolean {
  return hostFits(rule.host, host, port) && (!rule.agents || rule.agents.includes(agent));
}

/** Of a tunnel only the host is known: it opens where some request in it could be allowed. */
function judgeTunnel(request: EgressRequest, rules: readonly EgressRule[], settings: EgressSettings): EgressJudgement {
  const denying = rules.find((rule) => rule.action === "deny" && !needsReading(rule));
  if (denying) return deniedBy(request);
  const opening = rules.filter((rule) => rule.action !== "deny");
  const first = opening[0];
  if (!first) return notAllowed(request);
  // A rule that denies by path, or that puts a credential in, has to read whatever the first one says.
  const reads = rules.some((rule) => (rule.action === "deny" ? needsReading(rule) : rule.credential !== undefined));
  const inspect = reads || isInspected(first);
  const yes: EgressAllowed = { type: "allow", inspect, private: opening.some((rule) => rule.private), credentials: [] };
  if (inspect || (first.action === "allow" && !settings.askWrites)) return yes;
  return asking(request, yes, "What is in the tunnel cannot be seen.");
}

function judgeRequest(request: EgressRequest, rules: readonly EgressRule[], settings: EgressSettings): EgressJudgement {
  const { method, target } = request;
  const fits = (rule: EgressRule, how: "all" | "any") =>
    methodFits(rule.methods, method) && pathFits(rule.paths, target, how);
  if (rules.some((rule) => rule.action === "deny" && fits(rule, "any"))) return deniedBy(request);
  const fitting = rules.filter((rule) => rule.action !== "deny" && fits(rule, "all"));
  const first = fitting[0];
  if (!first) return rules.length === 0 ? notAllowed(request) : notThis(request);
  const isPlain = request.scheme === "http" && !isThisMachine(request.host);
  const open = isPlain ? fitting.find((rule) => rule.credential && !rule.plainHttp) : undefined;
  if (open?.credential) return plainCredential(request, open.credential.secret);
  const yes: EgressAllowed = {
    type: "allow",
    inspect: true,
    private: fitting.some((rule) => rule.private),
    credentials: onceEach(fitting.flatMap((rule) => rule.credential ?? [])),
  };
  if (first.action === "ask") return asking(request, yes, "The owner wants to be asked.");
  return settings.askWrites && isWrite(request) ? asking(request, yes, "It may change something there.") : yes;
}

interface Beside {
  /** What the owner allowed for this once. */
  readonly once: readonly EgressRule[];
  /** Strangers' words in the conversation. */
  readonly marks: readonly Mark[];
}

/**
 * The same beside strangers' words: whatever may change something outside is a question then, unless a yes for this once
 * covers this very request. A tunnel counts where nobody looks into it; in the others each request is asked for.
 */
export function judgeWithMarks(
  request: EgressRequest,
  settings: EgressSettings,
  { once, marks }: Beside,
): EgressJudgement {
  const judged = judgeEgress(request, { ...settings, rules: [...once, ...settings.rules] });
  if (judged.type !== "allow" || marks.length === 0 || !isWrite(request)) return judged;
  if (request.kind === "connect" && judged.inspect) return judged;
  const alone = judgeEgress(request, { rules: once, presets: [], providers: [], askWrites: false });
  if (alone.type === "allow") return judged;
  const words = `this conversation holds words of others: ${marksText(marks)}.`;
  return asking(request, judged, `It may change something there, and ${words}`);
}

/** A fetch of git asks with POST and changes nothing. What a WebSocket carries may change anything. */
export function isWrite({ kind, method, target }: Pick<EgressRequest, "kind" | "method" | "target">): boolean {
  if (kind === "websocket") return true;
  return !readingMethods.has(method) && !(method === "POST" && /^[^?]*\/git-upload-pack$/.test(target));
}

/** One credential for each place, the first that was named. */
function onceEach(credentials: readonly EgressCredential[]): readonly EgressCredential[] {
  const placeOf = (item: EgressCredential) =>
    (item.basic !== undefined ? "authorization" : item.header)?.toLowerCase() ?? item.query ?? `\0${item.secret}`;
  return credentials.filter(
    (item, index) => credentials.findIndex((other) => placeOf(other) === placeOf(item)) === index,
  );
}

function asking(request: EgressRequest, yes: EgressAllowed, reason: string): EgressJudgement {
  return { type: "ask", reason, yes, no: refusal(request, "egress.not-approved", "was not approved", "allow") };
}

const deniedBy = (request: EgressRequest) =>
  refusal(request, "egress.denied", "is denied by a rule of the owner", "deny");

const notAllowed = (request: EgressRequest) =>
  refusal(request, "egress.not-allowed", "is not among the hosts that are allowed", "allow");

const notThis = (request: EgressRequest) =>
  refusal(request, "egress.request-not-allowed", "fits no rule of this host by method and path", "allow");

function plainCredential(request: EgressRequest, secret: string): EgressDenied {
  const host = hostAsWritten(request);
  return {
    ...refusal(request, "egress.plain-credential", `would carry the secret "${secret}" without TLS`, "none"),
    hint: `Whoever is on the way could read it: ask https://${host} instead. If the owner means it, plainHttp: true beside the credential, in the rule for this host in egress.rules of homarus.json, allows it.`,
  };
}

/** The host as an owner writes it into a rule. */
export function hostAsWritten({ host, port }: Pick<EgressRequest, "host" | "port">): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === 80 || port === 443 ? name : `${name}:${port}`;
}

/** What was refused in one sentence, and what the owner can do in another. */
export function refusal(
  request: EgressRequest,
  code: string,
  why: string,
  way: "allow" | "private" | "deny" | "none",
): EgressDenied {
  const host = hostAsWritten(request);
  const path = request.target.split(/[?#]/, 1)[0] ?? "";
  const what = request.kind === "connect" ? `A connection to ${host}` : `${request.method} ${host}${path}`;
  const rule = `{ host: "${host}", action: "allow"${way === "private" ? ", private: true" : ""} }`;
  const hints = {
    allow: `The owner can allow it once with \`homarus egress allow ${host} --once\`, for good with \`homarus egress allow ${host}\` or with ${rule} in egress.rules of homarus.json.`,
    private: `If the owner means it, ${rule} in egress.rules of homarus.json allows this one host for good; \`homarus egress allow ${host} --private --once\` allows it once.`,
    deny: "The owner can take the rule with action deny out of egress.rules of homarus.json.",
    none: "No rule allows this.",
  };
  return { type: "deny", code, reason: `${what} ${why}.`, hint: hints[way] };
}
