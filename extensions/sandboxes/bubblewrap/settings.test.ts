import { afterEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPapers } from "./papers.ts";
import { boundOf, findSettings, stampOf, writeSettings } from "./settings.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An /etc with a file for everybody, one for its owner alone, and a folder. */
function machine() {
  const top = mkdtempSync(join(tmpdir(), "settings-"));
  made.push(top);
  const etc = join(top, "etc");
  mkdirSync(join(etc, "ssl", "certs"), { recursive: true });
  writeFileSync(join(etc, "timezone"), "Etc/UTC\n");
  writeFileSync(join(etc, "shadow"), "not wanted");
  writeFileSync(join(etc, "ssl", "openssl.cnf"), "for the owner");
  chmodSync(join(etc, "timezone"), 0o644);
  chmodSync(join(etc, "ssl", "openssl.cnf"), 0o600);
  return { etc, folder: join(top, "made") };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("what everybody may read is copied; folders and closed files stay the machine's own, on a place that is empty", () => {
  const { etc, folder } = machine();
  const found = findSettings(etc);
  const mask = process.umask(0o077);
  const all = writeSettings(folder, { passwd: "agent" }, found);
  process.umask(mask);
  expect(boundOf(found)).toEqual([join(etc, "ssl", "certs"), join(etc, "ssl", "openssl.cnf")]);
  const places = ["", "passwd", "timezone", "ssl", "ssl/certs", "ssl/openssl.cnf"].map((name) => join(folder, name));
  expect([...all].sort()).toEqual(places.map((place) => place.replace(/\/$/, "")).sort());
  const content = (name: string) => readFileSync(join(folder, name), "utf8");
  expect([content("passwd"), content("timezone"), content("ssl/openssl.cnf")]).toEqual(["agent", "Etc/UTC\n", ""]);
  expect([modeOf(folder), modeOf(join(folder, "ssl")), modeOf(join(folder, "passwd"))]).toEqual([0o755, 0o755, 0o644]);
});

test("the stamp is another one when a file was replaced, closed or taken away, and the same when nothing changed", () => {
  const { etc } = machine();
  const stamps = [stampOf(findSettings(etc))];
  const next = () => stamps.push(stampOf(findSettings(etc)));
  expect(stampOf(findSettings(etc))).toBe(stamps[0] as string);
  writeFileSync(join(etc, "other"), "Etc/GMT\n");
  renameSync(join(etc, "other"), join(etc, "timezone"));
  next();
  chmodSync(join(etc, "timezone"), 0o600);
  next();
  rmSync(join(etc, "timezone"));
  next();
  expect(new Set(stamps).size).toBe(4);
});

test("a folder is used again until a part of it was swept away, and goes with the house", () => {
  const end = new AbortController();
  const papers = openPapers(end.signal);
  const identity = { type: "mapped", user: 1000, group: 1000 } as const;
  const first = papers.settings(identity, "/srv/one").folder as string;
  expect(papers.settings(identity, "/srv/one").folder).toBe(first);
  expect(papers.settings(identity, "/srv/two").folder).not.toBe(first);
  expect(readFileSync(join(first, "passwd"), "utf8")).toContain("agent:x:1000:1000::/srv/one:");
  rmSync(join(first, "group"));
  const second = papers.settings(identity, "/srv/one").folder as string;
  expect(second).not.toBe(first);
  expect(readFileSync(join(second, "group"), "utf8")).toContain("agent:x:1000:");
  end.abort();
  expect(statSync(second, { throwIfNoEntry: false })).toBeUndefined();
});
