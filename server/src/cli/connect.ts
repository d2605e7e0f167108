// A client of the gateway for one command: the one that runs, or else one that lives only as long as the command.
import { connect as connectTcp } from "node:net";
import { type EventFrame, type GatewayClient, openGatewayClient } from "@homarus/sdk/client";
import { startProcess, stateOf } from "../boot/process.ts";
import { type AnnouncedAddress, announcedAddress, type GatewayAddress, readSettings } from "../boot/settings.ts";
import type { Invocation } from "./command.ts";
import { numberOption, textOption } from "./options.ts";
import { ownSecret } from "./own-secret.ts";
import { pinnedSockets } from "./pinned-socket.ts";

export interface Connected extends AsyncDisposable {
  readonly client: GatewayClient;
  /** True when the command carries its own gateway. */
  readonly isEmbedded: boolean;
  /** False when the gateway ends with a command: with this one, or with another that carries it. */
  readonly isLasting: boolean;
  readonly address: string;
  /** What the gateway announced of itself; absent for one that was only named by its port. */
  readonly announced?: AnnouncedAddress;
  /** Opens another door of the same gateway, with the same login. */
  readonly openDoor: (path: string) => WebSocket;
}

export interface ConnectOptions {
  readonly onEvent?: (event: EventFrame) => void;
  /** What to do when no gateway runs: carry one, or say so. */
  readonly otherwise: "embed" | "refuse";
  /** A gateway that is carried may be used by other commands of the folder: for a command that stays for hours. */
  readonly isShared?: boolean;
}

export async function connect(invocation: Invocation, options: ConnectOptions): Promise<Connected> {
  const { options: given } = invocation;
  const configPath = textOption(given.config);
  const state = stateOf(process.env, configPath);
  const settings = readSettings(state, process.env);
  const onEvent = options.onEvent ? { onEvent: options.onEvent } : {};
  const address = whereTo(numberOption("port", given.port).port, settings, state.folder);
  if (address && (await answers(address.host, address.port))) {
    const secret = await ownSecret(settings, state.folder);
    const kind = { isEmbedded: false, isLasting: !address.isPassing };
    return open({ to: address, ...kind, secret, onEvent, end: async () => undefined });
  }
  if (options.otherwise === "embed") return embedded(invocation, configPath, { onEvent, isShared: options.isShared });
  throw Object.assign(
    new Error(
      address ? `No gateway answers on ${address.host}:${address.port}.` : `No gateway is running for ${state.folder}.`,
    ),
    {
      ...{ kind: "unavailable", code: "cli.no-gateway", hint: "Start it with `homarus gateway`." },
    },
  );
}

/** The port that was named, else where the gateway of this state folder says that it listens. */
function whereTo(port: number | undefined, settings: GatewayAddress, folder: string): AnnouncedAddress | undefined {
  const announced = announcedAddress(folder);
  const found = port === undefined || announced?.port === port ? announced : configured(port, settings);
  if (!found) return undefined;
  const isAny = found.host === "0.0.0.0" || found.host === "::";
  return isAny ? { ...found, host: "127.0.0.1" } : found;
}

function configured(port: number, { host, fingerprint: find }: GatewayAddress): AnnouncedAddress {
  const fingerprint = find();
  return { host, port, ...(fingerprint && { tls: { fingerprint } }) };
}

async function embedded(
  invocation: Invocation,
  configPath: string | undefined,
  { onEvent, isShared }: Pick<Opening, "onEvent"> & { readonly isShared: boolean | undefined },
): Promise<Connected> {
  const { options: given, build } = invocation;
  const started = await startProcess({
    ...{
      version: build.version,
      asset: build.asset,
      environment: process.env,
      isEmbedded: true,
      port: 0,
      host: "127.0.0.1",
    },
    logLevel: given.verbose ? "debug" : "error",
    ...(isShared ? { isAnnounced: true } : {}),
    ...(configPath === undefined ? {} : { configPath }),
  });
  const secret = {
    ...(started.token && { token: started.token }),
    ...(started.password && { password: started.password }),
  };
  const to = { host: "127.0.0.1", port: started.port };
  return open({ to, secret, isEmbedded: true, isLasting: false, onEvent, end: () => started.stop(0) });
}

interface Opening {
  readonly to: AnnouncedAddress;
  readonly secret: { readonly token?: string | undefined; readonly password?: string };
  readonly isEmbedded: boolean;
  readonly isLasting: boolean;
  readonly onEvent: { readonly onEvent?: (event: EventFrame) => void };
  readonly end: () => Promise<void>;
}

async function open(opening: Opening): Promise<Connected> {
  const { to, secret, isEmbedded, isLasting, onEvent, end } = opening;
  const { host, port, tls } = to;
  const { token, password } = secret;
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const url = `ws${tls ? "s" : ""}://${address}`;
  const openSocket = tls ? await pinnedSockets(host, port, tls.fingerprint) : plainSocket;
  const bearer = token ?? password;
  const openDoor = (path: string): WebSocket =>
    openSocket(`${url}${path}`, bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });
  const client = openGatewayClient({
    ...{ url: `${url}/`, open: (to) => openSocket(to) },
    reconnect: false,
    ...onEvent,
    login: {
      client: { id: "cli", version: "0.1.0", platform: process.platform, mode: "cli" },
      caps: ["tool-events"],
      ...(token ? { token } : {}),
      ...(password ? { password } : {}),
    },
  });
  const close = async (): Promise<void> => {
    client.close();
    await end();
  };
  try {
    await client.ready();
  } catch (thrown) {
    await close();
    throw refusedLogin(thrown as Error, address);
  }
  return { client, isEmbedded, isLasting, address, announced: to, openDoor, [Symbol.asyncDispose]: close };
}

/** The second argument is Bun's own; the platform's types know a list of protocols there. */
function plainSocket(url: string, headers: Readonly<Record<string, string>> = {}): WebSocket {
  return new WebSocket(url, { headers } as unknown as string[]);
}

/** The gateway words its refusals for clients of another product; here the reader is its owner. */
function refusedLogin(thrown: Error, address: string): Error {
  if (!thrown.message.startsWith("unauthorized")) return thrown;
  return Object.assign(new Error(`The gateway on ${address} did not take the login of this state folder.`), {
    ...{ kind: "auth", code: "cli.login", cause: thrown },
    hint: "Another house may be listening there: check HOMARUS_HOME and --port, or gateway.auth in the config.",
  });
}

/** Whether anything listens there. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port, timeout: 1_000 });
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
