import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFault } from "@homarus/sdk";
import { silentLog } from "@homarus/sdk/testing";
import { readCertificate } from "./certificate.ts";
import { certificateFiles } from "./files.ts";
import { makeSelfSigned } from "./make.ts";
import { openTls } from "./open.ts";
import { selfSignedCertificate } from "./self-signed.ts";

const folder = mkdtempSync(join(tmpdir(), "homarus-tls-"));
const now = Date.now();
const day = 86_400_000;
const make = async (wish: Parameters<typeof makeSelfSigned>[0]) => makeSelfSigned(wish);
const pem = makeSelfSigned({ names: ["localhost", "127.0.0.1"], now });
const other = makeSelfSigned({ names: ["localhost"], now });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const part = (text: string, name: "CERTIFICATE" | "PRIVATE KEY") =>
  new RegExp(`-----BEGIN ${name}-----[^-]*-----END ${name}-----\\n`).exec(text)?.[0] ?? "";
const cert = file("cert.pem", part(pem, "CERTIFICATE"));
const key = file("key.pem", part(pem, "PRIVATE KEY"));
const chain = file("chain.pem", part(other, "CERTIFICATE"));

function faultOf(work: () => unknown) {
  try {
    work();
  } catch (thrown) {
    if (isFault(thrown)) return { kind: thrown.kind, code: thrown.code, text: `${thrown.message} ${thrown.hint}` };
  }
  throw new Error("nothing was thrown");
}

describe("certificate and key", () => {
  test("of one pair are taken, with what leads to the authority behind them", () => {
    const read = readCertificate({ certFile: cert, keyFile: key, caFile: chain });
    expect(read.cert).toBe(part(pem, "CERTIFICATE") + part(other, "CERTIFICATE"));
    expect(read.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(read.fingerprint).toBe(readCertificate({ certFile: cert, keyFile: key }).fingerprint);
    expect(Math.round((read.expiresAt - now) / day)).toBe(820);
  });

  test.each([
    ["a certificate that is not there", () => ({ certFile: join(folder, "none.pem"), keyFile: key }), "does not exist"],
    ["a folder", () => ({ certFile: folder, keyFile: key }), "cannot be read"],
    ["a key that is none", () => ({ certFile: cert, keyFile: file("no.pem", "nonsense") }), "holds no key"],
    ["a key for a certificate", () => ({ certFile: key, keyFile: key }), "holds no certificate"],
    ["a key of another certificate", () => ({ certFile: chain, keyFile: key }), "is not that of the certificate"],
    ["a chain that is not there", () => ({ certFile: cert, keyFile: key, caFile: "none.pem" }), "gateway.tls.caFile"],
  ])("%s is a config fault that names the file and the fix", (_, files, words) => {
    const { kind, text } = faultOf(() => readCertificate(files()));
    expect(kind).toBe("config");
    expect(text).toContain(words);
    expect(text).toContain("gateway.tls.");
    expect(text).not.toContain("BEGIN PRIVATE");
  });
});

describe("which files", () => {
  test("are the owner's, beginning at the state folder, or one of our own", () => {
    expect(certificateFiles({ certFile: "c.pem", keyFile: "/k.pem" }, "/state")).toEqual({
      ...{ certFile: "/state/c.pem", keyFile: "/k.pem", isOurs: false },
    });
    const ours = "/state/tls/gateway.pem";
    expect(certificateFiles({}, "/state")).toEqual({ certFile: ours, keyFile: ours, isOurs: true });
  });

  test.each([
    [{ certFile: "c" }, "keyFile"],
    [{ keyFile: "k" }, "certFile"],
    [{ autoGenerate: false }, "certFile"],
  ])("%j is incomplete", (settings, missing) => {
    expect(faultOf(() => certificateFiles(settings, "/state")).text).toContain(`gateway.tls.${missing} is not set`);
  });
});

describe("a certificate of our own", () => {
  const path = join(folder, "state", "tls", "gateway.pem");
  const get = (at: number) =>
    selfSignedCertificate({ path, names: ["localhost", "::1"], now: at, make, log: silentLog });

  test("[G31] is made once, for this user alone, and is the same at the next start", async () => {
    const made = await get(now);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await get(now + day)).toEqual(made);
    const { X509Certificate } = process.getBuiltinModule("node:crypto");
    const read = new X509Certificate(readFileSync(path));
    expect(read.subjectAltName).toBe("DNS:localhost, IP Address:0:0:0:0:0:0:0:1");
    expect([read.ca, read.keyUsage, read.verify(read.publicKey)]).toEqual([false, ["1.3.6.1.5.5.7.3.1"], true]);
  });

  test("is made anew in the last month of its life", async () => {
    const first = await get(now);
    expect((await get(now + 789 * day)).fingerprint).toBe(first.fingerprint);
    expect((await get(now + 791 * day)).fingerprint).not.toBe(first.fingerprint);
  });

  test("that is damaged is not replaced behind the owner's back", async () => {
    writeFileSync(path, "damaged");
    const thrown = await get(now).catch((fault: unknown) => fault);
    expect(isFault(thrown) && [thrown.kind, thrown.hint]).toEqual(["config", expect.stringContaining("delete it")]);
    expect(readFileSync(path, "utf8")).toBe("damaged");
  });
});

test("other files are found when both are there, and half of a change is waited out", async () => {
  const certFile = file("watched.crt", part(pem, "CERTIFICATE"));
  const keyFile = file("watched.key", part(pem, "PRIVATE KEY"));
  chmodSync(keyFile, 0o600);
  const { promise: refusal, resolve: refused } = Promise.withResolvers<string>();
  const log = { ...silentLog, warn: refused };
  const settings = { certFile, keyFile, autoGenerate: true };
  const tls = await openTls({ settings, folder, host: "127.0.0.1", now, make, log });
  const { promise, resolve } = Promise.withResolvers<string>();
  const watcher = tls.watch(({ fingerprint }) => resolve(fingerprint));
  writeFileSync(certFile, part(other, "CERTIFICATE"));
  expect(await refusal).toBe("tls.renewal-refused");
  writeFileSync(keyFile, part(other, "PRIVATE KEY"));
  expect(await promise).toBe(readCertificate({ certFile, keyFile }).fingerprint);
  watcher.close();
});
