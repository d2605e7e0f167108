// What a client says on connect, and which clients we know. Versions 3 of the protocol are checked strictly; a client
// that also speaks a newer one may bring keys and names that we do not know.
import {
  flag,
  list,
  name,
  type Of,
  oneOf,
  open,
  optional,
  record,
  type Shape,
  strict,
  text,
  whole,
} from "../frames/shape.ts";

const clientIds = [
  "webchat-ui",
  "openclaw-control-ui",
  "openclaw-tui",
  "webchat",
  "cli",
  "gateway-client",
  "openclaw-macos",
  "openclaw-ios",
  "openclaw-android",
  "openclaw-linux",
  "openclaw-watchos",
  "openclaw-browser-copilot",
  "node-host",
  "test",
  "fingerprint",
  "openclaw-probe",
  "homarus-chat",
  "homarus-cli",
] as const;

const modes = ["webchat", "cli", "ui", "backend", "node", "probe", "test"] as const;

const client = {
  displayName: optional(name),
  version: name,
  platform: name,
  deviceFamily: optional(name),
  modelIdentifier: optional(name),
  instanceId: optional(name),
};

const device = {
  id: name,
  publicKey: name,
  signature: name,
  signedAt: whole(0),
  nonce: optional(name),
};

const auth = {
  token: optional(text),
  bootstrapToken: optional(text),
  deviceToken: optional(text),
  password: optional(text),
};

const rest = {
  minProtocol: whole(1),
  maxProtocol: whole(1),
  caps: optional(list(name)),
  commands: optional(list(name)),
  permissions: optional(record(flag)),
  pathEnv: optional(text),
  role: optional(name),
  scopes: optional(list(name)),
  locale: optional(text),
  userAgent: optional(text),
};

const version3 = strict({
  ...rest,
  client: strict({ id: oneOf(...clientIds), mode: oneOf(...modes), ...client }),
  device: optional(strict(device)),
  auth: optional(strict(auth)),
});

const newer = open({
  ...rest,
  client: open({ id: name, mode: name, ...client }),
  device: optional(open(device)),
  auth: optional(open(auth)),
});

export type ConnectParams = Of<typeof newer>;

/** The shape that params of this client must fit. */
export function connectShape(params: unknown): Shape {
  const maxProtocol =
    typeof params === "object" && params !== null ? (params as Record<string, unknown>).maxProtocol : undefined;
  return typeof maxProtocol === "number" && maxProtocol > 3 ? newer : version3;
}

/** A person sits before it: a web page or an app. */
export function isPersonal(params: ConnectParams): boolean {
  const { id, mode } = params.client;
  return (
    mode === "webchat" ||
    mode === "ui" ||
    id === "webchat" ||
    id === "webchat-ui" ||
    id === "openclaw-control-ui" ||
    id === "homarus-chat"
  );
}
