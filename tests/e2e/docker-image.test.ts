// The image as its owner builds and runs it: it answers, keeps what it has in its volume, and stops when it is told to.
import { afterAll, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { tryDaemon } from "../../extensions/sandboxes/docker/testing/daemon.ts";
import { builtBinary } from "./fakes/house-process.ts";

const root = join(import.meta.dir, "..", "..");
const daemon = await tryDaemon();

if (typeof daemon === "string")
  test.skip(`[T33] the image of the house is built and runs (${daemon})`, () => undefined);
else {
  const { docker } = daemon;
  const folder = mkdtempSync(join(tmpdir(), "homarus-image-"));
  afterAll(async () => {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** A Debian of the few files that the executable needs: no registry is asked for one. */
  const buildBase = (binary: string): void => {
    const base = join(folder, "base");
    const libraries = execFileSync("ldd", [binary], { encoding: "utf8" }).match(/\/lib\S+/g) ?? [];
    for (const path of libraries) {
      mkdirSync(join(base, dirname(path)), { recursive: true });
      cpSync(path, join(base, path), { dereference: true });
    }
    execFileSync("/bin/sh", [
      "-c",
      'printf "FROM %s\\nCOPY base/ /\\n" "$3" | docker --host "$2" build --quiet --tag base:latest --file - "$1"',
      ...["sh", folder, daemon.host, daemon.image],
    ]);
  };

  const buildImage = async (): Promise<void> => {
    const binary = await builtBinary();
    buildBase(binary);
    const context = join(folder, "context");
    mkdirSync(join(context, "dist"), { recursive: true });
    copyFileSync(binary, join(context, "dist", "homarus"));
    for (const name of ["Dockerfile", ".dockerignore"]) copyFileSync(join(root, name), join(context, name));
    docker(
      "build",
      "--quiet",
      "--network",
      "none",
      "--build-arg",
      "BASE=base:latest",
      "--tag",
      "homarus:test",
      context,
    );
  };

  const run = async (): Promise<(...words: readonly string[]) => string> => {
    const walls = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    docker(
      "run",
      "--detach",
      "--name",
      "house",
      "--network",
      "none",
      "--volume",
      "kept:/data",
      ...walls,
      "homarus:test",
    );
    const inside = (...words: readonly string[]): string => docker("exec", "house", "homarus", ...words);
    for (let tries = 0; ; tries += 1)
      try {
        inside("status");
        return inside;
      } catch (thrown) {
        if (tries > 100) throw new Error(`it does not answer: ${docker("logs", "house")}`, { cause: thrown });
        await Bun.sleep(100);
      }
  };

  const stop = (): string => {
    docker("stop", "--time", "30", "house");
    const exitCode = docker("inspect", "--format", "{{.State.ExitCode}}", "house").trim();
    docker("rm", "house");
    return exitCode;
  };

  test("[T33] the image of the house is built, runs behind walls, keeps what it has, and stops when it is told to", async () => {
    await buildImage();
    const inside = await run();
    expect(inside("agent", "hello house")).toContain("You wrote: “hello house”");
    expect(docker("exec", "house", "id", "-u").trim()).toBe("10001");
    // There is no sandbox inside of a container: no command runs, and the doctor says what to do.
    expect(docker("exec", "house", "sh", "-c", "homarus doctor || true")).toContain("No command runs.");
    const token = docker("exec", "house", "cat", "/data/gateway.token");
    expect(docker("logs", "house")).toContain(token.trim());
    expect(stop()).toBe("0");
    const again = await run();
    expect(docker("exec", "house", "cat", "/data/gateway.token")).toBe(token);
    expect(again("sessions", "--json")).toContain("agent:main:main");
    expect(again("agent", "and again")).toContain("You wrote: “and again”");
    expect(stop()).toBe("0");
  }, 180_000);
}
