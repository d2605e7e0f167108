// A node for tests: a device that comes in under the role of a node, and answers what it is asked as the test says.
import { createDeviceIdentity, type DeviceIdentity } from "@homarus/sdk/client";
import { type Frame, openRaw, type RawClient } from "./open-for-test.ts";
import { signed } from "./signed.ts";

export interface TestNode {
  readonly id: string;
  readonly identity: DeviceIdentity;
  readonly client: RawClient;
  readonly hello: Frame;
  /** The next command it is asked for. */
  asked(): Promise<Frame>;
  answer(request: Frame, result: Frame): Promise<Frame>;
}

export interface NodeWish {
  readonly identity?: DeviceIdentity;
  readonly headers?: Record<string, string>;
  readonly platform?: string;
  readonly commands?: readonly string[];
  readonly displayName?: string;
  readonly deviceFamily?: string;
  readonly auth?: Frame;
  readonly protocol?: number;
}

export async function connectNode(url: string, wish: NodeWish = {}): Promise<TestNode> {
  const identity = wish.identity ?? (await createDeviceIdentity());
  const client = await openRaw(url, wish.headers);
  const { platform = "linux", displayName = "bench", deviceFamily, commands = ["system.run", "system.which"] } = wish;
  const names = { displayName, ...(deviceFamily && { deviceFamily }) };
  const login = await signed(identity, client, {
    ...{ client: { id: "node-host", version: "1.0.0", platform, mode: "node", ...names }, role: "node", scopes: [] },
    ...{ commands, caps: ["system"], pathEnv: "/usr/bin", ...(wish.auth && { auth: wish.auth }) },
    ...(wish.protocol && { minProtocol: wish.protocol, maxProtocol: wish.protocol }),
  });
  const hello = await client.hello(login);
  const id = identity.id;
  return {
    ...{ id, identity, client, hello },
    asked: async () => (await client.event("node.invoke.request")).payload,
    answer: (request, result) => client.call("node.invoke.result", { id: request.id, nodeId: id, ok: true, ...result }),
  };
}
