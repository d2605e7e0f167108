import { describe, expect, test } from "bun:test";
import type { EgressRequest } from "@homarus/sdk";
import type { EgressRule, EgressSettings } from "./parts.ts";
import {
  canonicalHost,
  hostFits,
  isInternalName,
  isThisMachine,
  methodFits,
  pathFits,
  pathReadings,
  splitPattern,
} from "./patterns.ts";
import { egressPresets, expandPresets } from "./presets.ts";
import { hostAsWritten, isWrite, judgeEgress, judgeWithMarks, refusal } from "./rules.ts";
import { egressTroubles, needsReading } from "./troubles.ts";

const settingsOf = (rules: readonly EgressRule[], more: Partial<EgressSettings> = {}): EgressSettings => ({
  ...{ rules, presets: [], providers: [], askWrites: false },
  ...more,
});

const requestOf = (more: Partial<EgressRequest> = {}): EgressRequest => ({
  ...{ sandboxId: "b", agent: "main", sessionKey: "s", kind: "request", scheme: "https", host: "api.example.com" },
  ...{ port: 443, method: "GET", target: "/v1/a?b=c", headers: [] },
  ...more,
});

const verdict = (rules: readonly EgressRule[], request: Partial<EgressRequest> = {}, more?: Partial<EgressSettings>) =>
  judgeEgress(requestOf(request), settingsOf(rules, more));

describe("rules", () => {
  test("nothing is allowed that no rule allows, and the answer teaches how", () => {
    const judged = verdict([]);
    expect(judged).toMatchObject({ type: "deny", code: "egress.not-allowed" });
    expect(judged).toMatchObject({ reason: "GET api.example.com/v1/a is not among the hosts that are allowed." });
    const hint = judged.type === "deny" ? judged.hint : "";
    expect(hint).toContain("`homarus egress allow api.example.com --once`");
    expect(hint).toContain('{ host: "api.example.com", action: "allow" } in egress.rules');
  });

  test("a rule that denies wins, wherever it stands", () => {
    const allow: EgressRule = { host: "*", action: "allow" };
    const deny: EgressRule = { host: "api.example.com", paths: ["/v1/**"], action: "deny" };
    expect(verdict([allow, deny]).type).toBe("deny");
    expect(verdict([deny, allow], { target: "/v2" }).type).toBe("allow");
    expect(verdict([allow, { host: "*.example.com", action: "deny" }], { kind: "connect" }).type).toBe("deny");
  });

  test("of the others the first that fits counts", () => {
    const get: EgressRule = { host: "api.example.com", methods: ["GET"], action: "allow" };
    const ask: EgressRule = { host: "api.example.com", action: "ask" };
    expect(verdict([get, ask]).type).toBe("allow");
    expect(verdict([get, ask], { method: "POST" }).type).toBe("ask");
    expect(verdict([ask, get]).type).toBe("ask");
  });

  test("a path has to fit in every way that it may be read, and is denied in one", () => {
    const rule: EgressRule = { host: "*", paths: ["/open/**"], action: "allow" };
    for (const target of ["/open/a", "/open", "/open/a%20b", "/open/@a%2fb"])
      expect(verdict([rule], { target }).type).toBe("allow");
    const tricks = ["/open/../shut", "/open/%2e%2e/shut", "/open/%252e%252e/shut", "/open/..%2fshut", "/open/..;/shut"];
    for (const target of [...tricks, "/open/..\\shut", "//open/a/../../shut", "/openly"])
      expect(verdict([rule], { target }).type).toBe("deny");
    const shut: EgressRule = { host: "*", paths: ["/shut/**"], action: "deny" };
    for (const target of [...tricks, "/%73hut", "/x/../shut", "//shut", "/./shut"])
      expect(verdict([{ host: "*", action: "allow" }, shut], { target: `${target}/a` }).type).toBe("deny");
  });

  test("agents have rules of their own", () => {
    const rule: EgressRule = { host: "api.example.com", action: "allow", agents: ["main"] };
    expect(verdict([rule]).type).toBe("allow");
    expect(verdict([rule], { agent: "guest" }).type).toBe("deny");
  });

  test("a tunnel is looked into unless its rule says no, and nothing in it needs to be read", () => {
    const connect = { kind: "connect", method: "CONNECT", target: "" } as const;
    const inspect = (rules: readonly EgressRule[]) => verdict(rules, connect);
    expect(inspect([{ host: "*", action: "allow" }])).toMatchObject({ type: "allow", inspect: true });
    const blind: EgressRule = { host: "api.example.com", action: "allow", inspect: false };
    expect(inspect([blind])).toMatchObject({ type: "allow", inspect: false });
    expect(inspect([blind, { host: "*", paths: ["/x"], action: "deny" }])).toMatchObject({ inspect: true });
    expect(inspect([blind, { host: "*.example.com", action: "allow", credential: { secret: "a" } }])).toMatchObject({
      inspect: true,
    });
    expect(verdict([blind], connect, { askWrites: true }).type).toBe("ask");
    expect(verdict([{ host: "*", paths: ["/only"], action: "allow" }], connect).type).toBe("allow");
  });

  test("[Y05] writes are asked for where the owner wants it, reads and fetches of git are not", () => {
    const rules: readonly EgressRule[] = [{ host: "*", action: "allow" }];
    const asked = (more: Partial<EgressRequest>) => verdict(rules, more, { askWrites: true }).type;
    expect([asked({}), asked({ method: "POST" }), asked({ method: "DELETE" })]).toEqual(["allow", "ask", "ask"]);
    expect(asked({ method: "POST", target: "/a/b.git/git-upload-pack" })).toBe("allow");
    expect(asked({ method: "POST", target: "/a/b.git/git-receive-pack" })).toBe("ask");
    expect(isWrite({ kind: "websocket", method: "GET", target: "/" })).toBe(true);
    expect(isWrite({ kind: "request", method: "POST", target: "/x?/git-upload-pack" })).toBe(true);
  });

  test("a credential goes over TLS, or to this machine, or where the owner said that it may go without", () => {
    const credential = { secret: "vendor", header: "x-api-key" };
    const rule: EgressRule = { host: "*.example.com", action: "allow", credential };
    const plain = { scheme: "http", port: 80 } as const;
    expect(verdict([rule])).toMatchObject({ type: "allow", credentials: [credential] });
    const refused = verdict([rule], plain);
    expect(refused).toMatchObject({ type: "deny", code: "egress.plain-credential" });
    const { hint } = refused as { readonly hint: string };
    expect(hint).toContain("https://api.example.com");
    expect(hint).toContain("plainHttp: true");
    expect(verdict([rule, { host: "api.example.com", action: "allow" }], plain).type).toBe("deny");
    expect(verdict([{ ...rule, action: "ask" }], plain).type).toBe("deny");
    expect(verdict([{ ...rule, plainHttp: true }], plain)).toMatchObject({ type: "allow", credentials: [credential] });
    for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.8.8.8", "::1", "host.docker.internal"])
      expect(verdict([{ ...rule, host, private: true }], { ...plain, host })).toMatchObject({
        credentials: [credential],
      });
    for (const host of ["127.0.0.1.example.com", "localhost.example.com", "192.168.0.2", "nas.local"]) {
      expect(verdict([{ ...rule, host, private: true }], { ...plain, host })).toMatchObject({
        code: "egress.plain-credential",
      });
      expect(isThisMachine(host)).toBe(false);
    }
  });

  test("with strangers' words in the conversation a write is a question, unless a yes for this once covers it", () => {
    const settings = settingsOf([{ host: "*", action: "allow" }]);
    const marks = [{ from: "web", what: "a.example", at: 0 }] as const;
    const judged = (request: Partial<EgressRequest>, once: readonly EgressRule[] = [], given = settings) =>
      judgeWithMarks(requestOf(request), given, { once, marks });
    const post = { method: "POST" };
    expect(judgeWithMarks(requestOf(post), settings, { once: [], marks: [] }).type).toBe("allow");
    expect([judged({}).type, judged(post).type, judged({ kind: "websocket" }).type]).toEqual(["allow", "ask", "ask"]);
    expect(judged(post)).toMatchObject({ no: { code: "egress.not-approved" }, yes: { type: "allow" } });
    expect(judged(post, [{ host: "api.example.com", action: "allow" }]).type).toBe("allow");
    const others: readonly EgressRule[] = [
      { host: "other.example", action: "allow" },
      { host: "api.example.com", methods: ["PUT"], action: "allow" },
      { host: "api.example.com", paths: ["/v2/**"], action: "allow" },
      { host: "api.example.com", agents: ["guest"], action: "allow" },
      { host: "api.example.com", action: "ask" },
    ];
    for (const rule of others) expect(judged(post, [rule]).type).toBe("ask");
    expect(judged(post, [{ host: "new.example", action: "allow" }], settingsOf([])).type).toBe("deny");
    expect(judged({ ...post, host: "new.example" }, [{ host: "new.example", action: "allow" }]).type).toBe("allow");
  });

  test("with strangers' words a tunnel that nobody looks into is a question; in the others each request is", () => {
    const connect = { kind: "connect", method: "CONNECT", target: "" } as const;
    const marks = [{ from: "web", what: "a.example", at: 0 }] as const;
    const judged = (rule: EgressRule) => judgeWithMarks(requestOf(connect), settingsOf([rule]), { once: [], marks });
    expect(judged({ host: "api.example.com", action: "allow" }).type).toBe("allow");
    expect(judged({ host: "api.example.com", action: "allow", inspect: false })).toMatchObject({
      type: "ask",
      yes: { inspect: false },
    });
    expect(isWrite(connect)).toBe(true);
  });

  test("[L07] names of the own network are refused before they are looked up, unless the owner named them as private", () => {
    for (const host of ["router", "nas.local", "db.internal", "a.home.arpa", "x.localhost"])
      expect(verdict([{ host: "*", action: "allow" }], { host })).toMatchObject({ code: "egress.internal-name" });
    expect(verdict([{ host: "nas.local", action: "allow", private: true }], { host: "nas.local" })).toMatchObject({
      type: "allow",
      private: true,
    });
    expect(isInternalName("example.com")).toBe(false);
    expect(isInternalName("10.0.0.1")).toBe(false);
  });

  test("what would open more than was meant is named as a trouble", () => {
    const wrong: readonly (readonly [rule: EgressRule, place: string])[] = [
      [{ host: "*", action: "allow", private: true }, "private"],
      [{ host: "*", action: "allow", credential: { secret: "a" } }, "credential"],
      [{ host: "a.*.com", action: "allow" }, "host"],
      [{ host: "a.com", action: "allow", inspect: false, paths: ["/a"] }, "inspect"],
      [{ host: "a.com", action: "allow", paths: ["/b", "a"] }, "paths.1"],
      [{ host: "http://a.com/", action: "allow" }, "host"],
      [{ host: "a.com", action: "allow", plainHttp: true }, "plainHttp"],
    ];
    for (const [rule, place] of wrong)
      expect(egressTroubles(settingsOf([rule])).map(({ path }) => path)).toEqual([`rules.0.${place}`]);
    const unknown = { presets: ["npm", "nope"], providers: [{ provider: "nobody", secret: "a" }] };
    expect(egressTroubles(settingsOf([], unknown)).map(({ path }) => path)).toEqual([
      "presets.1",
      "providers.0.provider",
    ]);
    expect([
      needsReading({ host: "a.com", action: "deny" }),
      needsReading({ host: "a.com", paths: [], action: "deny" }),
    ]).toEqual([false, true]);
    const good = settingsOf(expandPresets(settingsOf([], { presets: Object.keys(egressPresets) })));
    expect(egressTroubles(good)).toEqual([]);
  });
});

describe("patterns", () => {
  test("of hosts: in full, below a name, all; a port where it is not that of the web", () => {
    const fits = (pattern: string, host: string, port = 443) => hostFits(pattern, host, port);
    expect([
      fits("a.com", "a.com"),
      fits("A.com.", "a.com"),
      fits("a.com", "b.a.com"),
      fits("a.com", "a.com", 8080),
    ]).toEqual([true, true, false, false]);
    expect([fits("*.a.com", "x.y.a.com"), fits("*.a.com", "a.com"), fits("*.a.com", "xa.com")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([fits("a.com:8080", "a.com", 8080), fits("a.com:*", "a.com", 1), fits("*", "a.com", 22)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([fits("[::1]:8080", "::1", 8080), fits("::1", "::1"), fits("0x7f.1", "127.0.0.1")]).toEqual([
      true,
      true,
      true,
    ]);
    expect(splitPattern("[::1]:80")).toEqual({ name: "::1", port: "80" });
    expect(methodFits(["get"], "GET") && !methodFits(["GET"], "POST") && methodFits(undefined, "X")).toBe(true);
  });

  test("of paths: one star within a part, two over parts", () => {
    expect(pathFits(["/v1/*"], "/v1/a", "all")).toBe(true);
    expect(pathFits(["/v1/*"], "/v1/a/b", "all")).toBe(false);
    expect(pathFits(["/v1/**"], "/v1/a/b?c=/x", "all")).toBe(true);
    expect(pathFits(["/v1/**"], "/v1", "all")).toBe(true);
    expect(pathFits(["/a.b"], "/axb", "all")).toBe(false);
    expect(pathReadings("/a/%2e%2e/b")).toEqual(["/a/%2e%2e/b", "/b"]);
  });

  test("a host has one spelling, and what names none has none", () => {
    expect(["EXAMPLE.com.", "0x7f000001", "[::FFFF:1.2.3.4]", "bücher.example"].map(canonicalHost)).toEqual([
      "example.com",
      "127.0.0.1",
      "::ffff:102:304",
      "xn--bcher-kva.example",
    ]);
    expect(["a@b", "a/b", "", "a b", "a%41", "a#b", "a:80"].map(canonicalHost)).toEqual(Array(7).fill(undefined));
  });
});

test("presets stand behind the owner's own rules, and a vendor's key goes where the vendor wants it", () => {
  const rules = expandPresets(
    settingsOf([{ host: "a.com", action: "deny" }], {
      presets: ["git-hosts"],
      providers: [{ provider: "anthropic", secret: "claude" }],
    }),
  );
  expect(rules[0]?.host).toBe("a.com");
  expect(rules[1]).toMatchObject({ host: "api.anthropic.com", credential: { secret: "claude", header: "x-api-key" } });
  const settings = settingsOf([], { presets: ["git-hosts", "npm"] });
  const git = (method: string, target: string) =>
    judgeEgress(requestOf({ host: "github.com", method, target }), settings).type;
  expect([git("GET", "/a/b/info/refs?service=git-upload-pack"), git("POST", "/a/b.git/git-upload-pack")]).toEqual([
    "allow",
    "allow",
  ]);
  expect([git("POST", "/a/b.git/git-receive-pack"), git("POST", "/login")]).toEqual(["deny", "deny"]);
  expect(judgeEgress(requestOf({ host: "registry.npmjs.org", target: "/@a%2fb" }), settings).type).toBe("allow");
});

test("a refusal names the host as an owner writes it", () => {
  expect(hostAsWritten({ host: "::1", port: 8080 })).toBe("[::1]:8080");
  expect(refusal(requestOf({ kind: "connect", port: 22 }), "egress.x", "is refused", "private").hint).toContain(
    "private: true",
  );
});
