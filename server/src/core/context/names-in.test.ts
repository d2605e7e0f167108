import { expect, test } from "bun:test";
import { namesIn } from "./names-in.ts";

test("[B20] ids, addresses, hosts, ports, paths and hashes are found letter by letter", () => {
  const names = [
    "3f2a9c1e-0b7d-4e6f-8a1b-2c3d4e5f6a7b",
    "https://example.org/a/b?c=1",
    "pat@example.org",
    "192.168.1.20:8123",
    "nas.local:5000",
    "vault.internal",
    "~/notes/plan.md",
    "src/core/line.ts",
    "9f86d081884c7d65",
    "HOME-1234",
    "#4821",
  ];
  expect(namesIn(`See ${names.join(", then ")}.`, 50)).toEqual(names);
});

test("a part of an address is no name of its own, each counts once, and there is an end to them", () => {
  expect(namesIn("https://example.org/x.md https://example.org/x.md", 9)).toEqual(["https://example.org/x.md"]);
  expect(namesIn(Array.from({ length: 30 }, (_, index) => `AB-${index}`).join(" "), 5)).toHaveLength(5);
  expect(namesIn("We went home and had tea at 5.", 9)).toEqual([]);
});
