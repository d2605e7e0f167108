import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseMountList } from "./list.ts";
import { alwaysBlocked, type MountFacts, mountsFolder, settleMounts, type WantedMount } from "./settle.ts";

const listOf = (content: unknown) => parseMountList(typeof content === "string" ? content : JSON.stringify(content));
const usual = {
  allowedRoots: [
    { path: "/data", allowReadWrite: true, description: "what agents share" },
    { path: "/data/archive", allowReadWrite: false },
  ],
  blockedPatterns: ["payroll", "*.kdbx"],
  nonMainReadOnly: true,
};
/** Links of the machine; everything else is itself. */
const links: Readonly<Record<string, string>> = {
  "/data/link-out": "/etc",
  "/data/link-keys": "/srv/keys/.ssh",
  "/data/link-in": "/data/project",
  "/data/link-state": "/srv/house/agents",
};
const facts = (more: Partial<MountFacts> = {}): MountFacts => ({
  reading: listOf(usual),
  resolve: (path) => (path.includes("missing") ? undefined : (links[path] ?? path.replace(/\/+$/, ""))),
  ...{ isMain: true, closed: ["/srv/house"] },
  ...more,
});
const settle = (wanted: WantedMount | readonly WantedMount[], more: Partial<MountFacts> = {}) =>
  settleMounts([wanted].flat(), facts(more));
const refusal = (wanted: WantedMount | readonly WantedMount[], more: Partial<MountFacts> = {}) => {
  const settled = settle(wanted, more);
  return settled.type === "refused" ? settled.reasons.join(" ") : `mounted ${JSON.stringify(settled.mounts)}`;
};
const mounts = (wanted: WantedMount | readonly WantedMount[], more: Partial<MountFacts> = {}) => {
  const settled = settle(wanted, more);
  return settled.type === "mounts" ? settled.mounts : settled.reasons;
};

describe("[T01] links are resolved before anything is judged:", () => {
  test("a link out of the allowed roots is refused, by whatever name", () => {
    expect(refusal({ source: "/data/link-out" })).toContain("not in any of the `allowedRoots`");
    expect(refusal({ source: "/data/link-keys" })).toContain('".ssh" is never mounted');
    expect(refusal({ source: "/data/link-state" })).toContain("the house's own folder");
  });

  test("what is bound is where the link leads", () => {
    const [mount] = mounts({ source: "/data/link-in" });
    expect(mount).toEqual({ source: "/data/project", target: `${mountsFolder}/project`, isReadOnly: true });
  });
});

describe("[T02] [L10] blocked names are refused wherever they stand in a path:", () => {
  test.each([...alwaysBlocked.map((name) => name.replace("*", "x")), "PAYROLL", "a.kdbx", ".SSH", ".env.production"])(
    "%s",
    (name) => {
      for (const source of [`/data/${name}`, `/data/${name}/deep`, `/data/a/${name}/b`])
        expect(refusal({ source })).toContain("is never mounted");
    },
  );

  test.each([
    "my.environment",
    ".envrc",
    "environment",
    "credentials-manual",
    "ssh",
    "id_rsa-notes",
    "payrolls",
    "xkdbx",
  ])("%s is another name and is let through", (name) => {
    expect(mounts({ source: `/data/${name}` })).toHaveLength(1);
  });

  test("the house's folder, what is in it, and what holds it", () => {
    const everything = { reading: listOf({ allowedRoots: [{ path: "/srv" }] }) };
    for (const source of ["/srv/house", "/srv/house/agents", "/srv"])
      expect(refusal({ source }, everything)).toContain("the house's own folder");
    expect(mounts({ source: "/srv/household" }, everything)).toHaveLength(1);
  });
});

describe("[T03] a target is relative and stays below its folder:", () => {
  test.each(["/etc", "..", "../x", "a/../../x", "a/..", "", ".", "./", "a\0b", "a:b", "a\\b", "/", "a,ro", "a\nb"])(
    "%j is refused",
    (target) => {
      expect(refusal({ source: "/data/x", target })).toContain("cannot be mounted at");
    },
  );

  test("a plain one is taken, however it is written", () => {
    for (const target of ["docs/mine", "./docs//mine/", "docs/./mine"])
      expect(mounts({ source: "/data/x", target })).toEqual([
        { source: "/data/x", target: "/workspace/extra/docs/mine", isReadOnly: true },
      ]);
  });

  test("no form of traversal gets a mount out of its place, and none a source out of its root", () => {
    const piece = fc.oneof(
      fc.constantFrom("..", ".", "", "/", "//", "...", "%2e%2e", "..%2f", "..\\", "\\..", "\u2025", "．．", "~", "\0"),
      fc.string({ maxLength: 6 }),
    );
    const path = fc
      .array(piece, { maxLength: 8 })
      .chain((parts) => fc.constantFrom("/", "", "\\").map((by) => parts.join(by)));
    const normal = (text: string): string =>
      new URL(`file://${text.split("/").map(encodeURIComponent).join("/")}`).pathname;
    fc.assert(
      fc.property(path, path, fc.boolean(), (source, target, isAbsolute) => {
        const from = isAbsolute ? `/${source}` : `/data/${source}`;
        const settled = settle(
          { source: from, target },
          { resolve: (given) => decodeURIComponent(normal(given)).replace(/(?<=.)\/+$/, "") },
        );
        if (settled.type !== "mounts") return;
        for (const mount of settled.mounts) {
          expect(mount.target.startsWith(`${mountsFolder}/`)).toBe(true);
          expect(mount.target.split("/").some((name) => name === ".." || name === ".")).toBe(false);
          expect(mount.source === "/data" || mount.source.startsWith("/data/")).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("[T04] [L11] what may be changed:", () => {
  const wish = { source: "/data/x", readOnly: false };
  test("nothing, unless it was asked for", () => {
    expect(mounts({ source: "/data/x" })).toMatchObject([{ isReadOnly: true }]);
    expect(mounts({ source: "/data/x", readOnly: true })).toMatchObject([{ isReadOnly: true }]);
    expect(mounts(wish)).toMatchObject([{ isReadOnly: false }]);
  });

  test("nothing in sessions other than the main one, unless the list lets them", () => {
    expect(mounts(wish, { isMain: false })).toMatchObject([{ isReadOnly: true }]);
    const open = { reading: listOf({ ...usual, nonMainReadOnly: false }), isMain: false };
    expect(mounts(wish, open)).toMatchObject([{ isReadOnly: false }]);
  });

  test("nothing in a root that is for reading; the innermost root decides", () => {
    expect(mounts({ ...wish, source: "/data/archive/x" })).toMatchObject([{ isReadOnly: true }]);
  });
});

describe("[T05] [L09] without a list that is understood nothing is mounted:", () => {
  test.each([
    "",
    "not json",
    "[]",
    "null",
    "{}",
    '{"allowedRoots": "x"}',
    '{"allowedRoots": [{}]}',
    '{"allowedRoots": [{"path": "relative"}]}',
    '{"allowedRoots": [{"path": "/"}]}',
    '{"allowedRoots": [{"path": "/data/../etc"}]}',
    '{"allowedRoots": [{"path": "/data", "allowReadwrite": true}]}',
    '{"allowedRoots": [{"path": "/data", "allowReadWrite": "yes"}]}',
    '{"allowedRoots": [], "blockedPatterns": [1]}',
    '{"allowedRoots": [], "nonMainReadOnly": "false"}',
    '{"allowedRoots": [], "more": 1}',
  ])("%s", (text) => {
    expect(refusal({ source: "/data/x" }, { reading: listOf(text) })).toContain("Nothing may be mounted");
  });

  test("who wants nothing mounted needs no list", () => {
    expect(mounts([], { reading: { type: "trouble", text: "there is none" } })).toEqual([]);
  });
});

describe("[T06] [T13] what is put together:", () => {
  test("an empty list allows nothing", () => {
    expect(refusal({ source: "/data/x" }, { reading: listOf({ allowedRoots: [] }) })).toContain("allowedRoots");
  });

  test("the same mount twice is one, by the stricter word; two at one place are refused", () => {
    const twice = [{ source: "/data/x", readOnly: false }, { source: "/data/x/" }];
    expect(mounts(twice)).toEqual([{ source: "/data/x", target: "/workspace/extra/x", isReadOnly: true }]);
    expect(refusal([{ source: "/data/x" }, { source: "/data/y", target: "x" }])).toContain("Two folders");
  });

  test("nested places come after what holds them", () => {
    const nested = [{ source: "/data/x", target: "a/b" }, { source: "/data/y", target: "a" }, { source: "/data/z" }];
    expect((mounts(nested) as readonly { target: string }[]).map(({ target }) => target.slice(17))).toEqual([
      "a",
      "a/b",
      "z",
    ]);
  });

  test("one refusal refuses all, and names each", () => {
    const reasons = refusal([
      { source: "/data/x" },
      { source: "/etc" },
      { source: "/data/missing" },
      { source: "here" },
    ]);
    expect(reasons).toMatch(/"\/etc".*"\/data\/missing" does not exist.*"here" is not an absolute path/);
  });
});
