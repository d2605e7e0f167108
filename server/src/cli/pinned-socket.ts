// A WebSocket to a gateway whose certificate is known by its fingerprint and by nothing else: it may be self-signed, and
// may be for another name than the one that is dialled. Any other certificate is refused.
import type { PeerCertificate } from "node:tls";

const patienceMs = 5_000;

/** Rejects when the gateway shows another certificate. The returned function opens sockets that accept this one only. */
export async function pinnedSockets(
  host: string,
  port: number,
  fingerprint: string,
): Promise<(url: string, headers?: Readonly<Record<string, string>>) => WebSocket> {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const certificate = await shownCertificate(host, port);
  const isExpected = (raw: Buffer): boolean =>
    createHash("sha256").update(raw).digest("hex") === fingerprint.replaceAll(":", "").toLowerCase();
  if (!isExpected(certificate)) throw otherCertificate(host, port);
  const ca = `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
  // The certificate itself is what is trusted, so that the socket proves the key behind it; its name does not matter.
  const tls = {
    ca,
    allowPartialTrustChain: true,
    checkServerIdentity: (_: string, { raw }: PeerCertificate) =>
      isExpected(raw) ? undefined : otherCertificate(host, port),
  };
  // The second argument is Bun's own; the platform's types know a list of protocols there.
  return (url, headers = {}) => new WebSocket(url, { tls, headers } as unknown as string[]);
}

function otherCertificate(host: string, port: number): Error {
  return Object.assign(new Error(`The gateway on ${host}:${port} shows another certificate than its own.`), {
    ...{ kind: "auth", code: "cli.certificate" },
    hint: "Something else may be listening there. If you have just changed the certificate, restart the gateway.",
  });
}

/** What the other side shows, unchecked: the DER of its certificate. */
function shownCertificate(host: string, port: number): Promise<Buffer> {
  const { connect } = process.getBuiltinModule("node:tls");
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = connect({ host, port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().raw);
    socket.destroy();
  });
  const failed = (cause: Error): void => {
    socket.destroy();
    reject(
      Object.assign(new Error(`No TLS could be spoken with ${host}:${port}: ${cause.message}.`), {
        ...{ kind: "unavailable", code: "cli.tls", cause },
        hint: "See that gateway.tls.enabled in the config is what the gateway was started with.",
      }),
    );
  };
  socket.setTimeout(patienceMs, () => failed(new Error("no answer")));
  socket.once("error", failed);
  return promise;
}
