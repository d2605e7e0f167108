// A program of many devices: each connects, proves itself with its key, and goes, again and again for some seconds. It
// runs as a process of its own, beside others, so that the signing is done outside the process that is measured.
// Prints one line of JSON: how many got in, and how long each took.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { signedText } from "@homarus/sdk/client";

const [port = "", token = "", lanes = "", ms = ""] = process.argv.slice(2);
const client = { id: "cli", version: "0.1.0", platform: "linux", mode: "cli" };
const scopes = ["operator.admin", "operator.read", "operator.write"];

interface Device {
  readonly id: string;
  readonly publicKey: string;
  readonly key: KeyObject;
}

function makeDevice(): Device {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return {
    id: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    key: privateKey,
  };
}

function answerTo(challenge: string, { id, publicKey, key }: Device): string {
  const { nonce, ts } = JSON.parse(challenge).payload as { nonce: string; ts: number };
  const facts = { deviceId: id, clientId: client.id, clientMode: client.mode, role: "operator", scopes, token, nonce };
  const signature = sign(null, Buffer.from(signedText(2, { ...facts, signedAt: ts })), key).toString("base64url");
  const device = { id, publicKey, signature, signedAt: ts, nonce };
  const params = { minProtocol: 3, maxProtocol: 3, role: "operator", client, scopes, auth: { token }, device };
  return JSON.stringify({ type: "req", id: "1", method: "connect", params });
}

/** From the dial to hello-ok, in ms. */
function enter(device: Device): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    socket.onerror = () => reject(new Error("no connection"));
    socket.onmessage = ({ data }) => {
      const text = String(data);
      if (text.startsWith('{"type":"event","event":"connect.challenge"')) socket.send(answerTo(text, device));
      else if (text.includes('"hello-ok"')) {
        socket.close();
        resolve(performance.now() - begun);
      } else if (text.includes('"ok":false')) reject(new Error(text));
    };
  });
}

const devices = Array.from({ length: Number(lanes) }, makeDevice);
await Promise.all(devices.map(enter));
// All begin together.
console.log("ready");
await new Promise((resolve) => process.stdin.once("data", resolve));
const until = performance.now() + Number(ms);
const times: number[] = [];
const lane = async (device: Device): Promise<void> => {
  while (performance.now() < until) times.push(await enter(device));
};
await Promise.all(devices.map(lane));
console.log(JSON.stringify(times.map((time) => Math.round(time * 100) / 100)));
process.exit(0);
