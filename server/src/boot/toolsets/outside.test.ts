import { expect, test } from "bun:test";
import { isNamedPrivate, outsideOf } from "./outside.ts";

test.each([
  ["127.0.0.1:8080", true],
  ["192.168.1.5", true],
  ["[fd00::1]:443", true],
  ["localhost:3000", true],
  ["nas", true],
  ["nas.local", true],
  ["tools.home.arpa", true],
  ["wiki.corp", true],
  ["tools.example", false],
  ["localhost.example.com:80", false],
  ["127.0.0.1.example.com", false],
  ["local", true],
  ["notlocal.example.local.com", false],
])("whether %s says by itself that it is inside the network: %p", (host, isInside) => {
  expect(isNamedPrivate(host)).toBe(isInside);
});

test("a program gets PATH and HOME of the house's variables and no other", async () => {
  const { startProgram } = outsideOf({}, { PATH: "/usr/bin:/bin", HOME: "/", OTHER_KEY: "of-the-house" });
  const program = await startProgram({ argv: ["env"], environment: {}, maxLineBytes: 10_000 });
  const lines: string[] = [];
  for await (const line of program.lines) lines.push(line.split("=")[0] ?? "");
  expect(lines.sort()).toEqual(["HOME", "LANG", "PATH"]);
});
