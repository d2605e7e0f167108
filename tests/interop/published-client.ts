// The peer's own client for protocol 4, with what it leaves to its host: the keys of a device and where its tokens are
// kept. All that it is told is collected, so that a test can wait for it.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { peerFile } from "./peers.ts";
import type { Frame } from "./tap.ts";

export interface PublishedClient extends AsyncDisposable {
  /** Greetings that it took, in order. */
  readonly hellos: readonly Frame[];
  readonly events: readonly Frame[];
  /** Tokens that it was given for its device. */
  readonly tokens: readonly string[];
  /** Gaps that it noticed in the numbers of events. */
  readonly gaps: readonly unknown[];
  request<Result = Frame>(method: string, params?: object): Promise<Result>;
  /** The next event that fits, also one that came before. */
  event(name: string, fits?: (payload: Frame) => boolean): Promise<Frame>;
  /** Until it has been greeted so many times. */
  greeted(times: number): Promise<Frame>;
}

const scopes = ["admin", "read", "write", "approvals", "pairing", "questions", "talk"].map(
  (word) => `operator.${word}`,
);

/** As a node it has no scopes, and says what it can be asked for. */
export const asNode = {
  ...{ role: "node", mode: "node", clientName: "node-host", scopes: [], minProtocol: 3, maxProtocol: 4 },
  ...{ caps: ["system"], commands: ["system.execApprovals.get", "system.which"] },
};

export async function openPublishedClient(url: string, token: string, as: object = {}): Promise<PublishedClient> {
  const { GatewayClient } = await import(peerFile("gateway-client", "@openclaw/gateway-client/dist/index.mjs"));
  const [hellos, events, tokens, gaps]: [Frame[], Frame[], string[], unknown[]] = [[], [], [], []];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of [...waiting]) one();
  };
  const until = <Found>(find: () => Found | undefined) =>
    new Promise<Found>((resolve) => {
      const one = () => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(one);
        resolve(found);
      };
      waiting.add(one);
      one();
    });
  const device = makeDevice();
  let refused: Error | undefined;
  const client = new GatewayClient({
    ...{ url, token, scopes, role: "operator", mode: "ui", clientName: "gateway-client" },
    ...{ clientVersion: "1", platform: "linux", caps: ["tool-events"], minProtocol: 4, maxProtocol: 4 },
    ...as,
    deviceIdentity: device.identity,
    hostDeps: {
      signDevicePayload: device.sign,
      publicKeyRawBase64UrlFromPem: () => device.publicKey,
      storeDeviceAuthToken: (given: { token: string }) => tokens.push(given.token),
    },
    onHelloOk: (hello: Frame) => {
      hellos.push(hello);
      look();
    },
    onEvent: (event: Frame) => {
      events.push(event);
      look();
    },
    onGap: (gap: unknown) => gaps.push(gap),
    onConnectError: (error: Error) => {
      refused = error;
      look();
    },
  });
  client.start();
  const opened: PublishedClient = {
    ...{ hellos, events, tokens, gaps },
    request: (method, params = {}) => client.request(method, params),
    async event(name, fits = () => true) {
      const taken = await until(() => events.find(({ event, payload }) => event === name && fits(payload)));
      return taken.payload;
    },
    greeted: (times) => until(() => hellos[times - 1]),
    [Symbol.asyncDispose]: () => client.stopAndWait(),
  };
  await until(() => hellos[0] ?? refused);
  if (refused && hellos.length === 0) throw refused;
  return opened;
}

function makeDevice() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from((publicKey.export({ format: "jwk" }) as { x: string }).x, "base64url");
  const pem = (key: KeyObject, type: "spki" | "pkcs8") => key.export({ type, format: "pem" }).toString();
  return {
    identity: {
      deviceId: createHash("sha256").update(raw).digest("hex"),
      publicKeyPem: pem(publicKey, "spki"),
      privateKeyPem: pem(privateKey, "pkcs8"),
    },
    publicKey: raw.toString("base64url"),
    sign: (_pem: string, payload: string) => sign(null, Buffer.from(payload), privateKey).toString("base64url"),
  };
}
