import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentFor } from "./environment.ts";
import { findProgram } from "./programs.ts";

describe("what a caller may set for a command", () => {
  test("ordinary variables come beside the node's own, under the node's PATH", () => {
    const { variables, dropped } = environmentFor({ HOME: "/h", PATH: "/x" }, { LANG: "C", A1: "b" }, "/usr/bin");
    expect(variables).toEqual({ HOME: "/h", LANG: "C", A1: "b", PATH: "/usr/bin" });
    expect(dropped).toEqual([]);
  });

  test.each([
    ...["PATH", "Path", "LD_PRELOAD", "ld_preload", " LD_PRELOAD ", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES"],
    ...["NODE_OPTIONS", "PYTHONPATH", "PERL5OPT", "RUBYOPT", "BASH_ENV", "ENV", "IFS", "HOME", "GIT_SSH_COMMAND"],
    ...["BASH_FUNC_ls%%", "A=B", "A\nB", "", "1A", "HOMARUS_GATEWAY_TOKEN", "BUN_OPTIONS", "npm_config_script_shell"],
  ])("%j is left out", (name) => {
    const { variables, dropped } = environmentFor({ SAFE: "1" }, { [name]: "evil" }, "/usr/bin");
    expect(variables).toEqual({ SAFE: "1", PATH: "/usr/bin" });
    expect(dropped).toEqual([name.trim()]);
  });

  test("a value that is no text is left out; the gateway's login is given to no command", () => {
    const own = { HOMARUS_GATEWAY_TOKEN: "t", HOMARUS_GATEWAY_PASSWORD: "p", HOMARUS_HOME: "/s" };
    const { variables, dropped } = environmentFor(own, { A: 1, B: null }, "/usr/bin");
    expect(variables).toEqual({ HOMARUS_HOME: "/s", PATH: "/usr/bin" });
    expect(dropped).toEqual(["A", "B"]);
  });
});

test("programs are found by absolute parts of PATH, by paths from the folder, and only where they can be run", () => {
  const folder = mkdtempSync(join(tmpdir(), "homarus-programs-"));
  try {
    for (const name of ["first", "second"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "first", "tool"), "", { mode: 0o644 });
    writeFileSync(join(folder, "second", "tool"), "", { mode: 0o755 });
    const path = [".", "", join(folder, "first"), join(folder, "second")].join(":");
    expect(findProgram("tool", folder, path)).toBe(join(folder, "second", "tool"));
    expect(findProgram("second/tool", folder, path)).toBe(join(folder, "second", "tool"));
    expect(findProgram("./second/../first/tool", folder, path)).toBeUndefined();
    expect(findProgram("second", folder, path)).toBeUndefined();
    expect(findProgram("tool", join(folder, "second"), ".:")).toBeUndefined();
    expect(findProgram("a\0b", folder, path)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
