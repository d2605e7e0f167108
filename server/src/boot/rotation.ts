// New ones in the place of all secrets that the house has made for itself: each is changed whole, with a line in the
// audit, and whoever must log in again is named. A crash between two leaves some new and some old, all in force.
import { Fault, type Json, type Write } from "@homarus/sdk";
import { keySpaces } from "../gateway/handshake/keys.ts";
import type { Rotated, RotateWish } from "../gateway/secrets.ts";
import type { Ground } from "./ground.ts";
import type { Rotation } from "./rotations.ts";

export type SecretGround = Pick<
  Ground,
  "vault" | "config" | "store" | "clock" | "redactor" | "log" | "home" | "changed" | "rotations" | "signer"
>;

type Recorder = (action: string, detail: Readonly<Record<string, Json>>) => Write;

export async function rotate(wish: RotateWish, ground: SecretGround, record: Recorder): Promise<readonly Rotated[]> {
  const all = [...ownRotations(ground), ...ground.rotations];
  const made = new Set(ground.vault.list().flatMap(({ name, isMade }) => (isMade ? [name] : [])));
  const fresh = Object.entries(wish.fresh ?? {}).filter(([name]) => !wish.names || wish.names.includes(name));
  const known = [...all.map(({ name }) => name), ...made];
  const unknown = [...(wish.names ?? []), ...fresh.map(([name]) => name)].find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Fault("invalid", "secret.unknown", `${unknown} is nothing that the house has made.`, {
      hint: `It is one of ${known.join(", ")}. A secret of your own is changed by homarus secrets set.`,
    });
  const done: Rotated[] = [];
  for (const one of all) {
    if (wish.names ? !wish.names.includes(one.name) : !(await one.isThere())) continue;
    await one.rotate(record("rotates", { names: [one.name] }));
    done.push({ name: one.name, ...(one.next === undefined ? {} : { next: one.next }) });
  }
  if (fresh.length > 0) {
    await ground.store.commit([record("rotates", { names: fresh.map(([name]) => name) })]);
    ground.vault.write(fresh.map(([name, value]) => ({ name, value, isMade: true })));
    done.push(...fresh.map(([name]) => ({ name, next: "Give the new value to whoever uses it." })));
  }
  takeEffect(ground);
  return done;
}

function ownRotations({ home, store, vault, config, changed, signer }: SecretGround): readonly Rotation[] {
  const devices = store.values("devices");
  const gateway = store.values("gateway");
  const keys = store.values(keySpaces.keys);
  const byFile = (name: string, isThere: () => boolean, act: () => void, next?: string): Rotation => ({
    ...{ name, isThere },
    async rotate(record) {
      await store.commit([record]);
      act();
    },
    ...(next === undefined ? {} : { next }),
  });
  return [
    byFile(
      "gateway-token",
      () => home.keptToken() !== undefined && config.current().gateway.auth.token === undefined,
      () => {
        home.newToken();
        changed(["gateway"]);
      },
      "Clients that log in by the gateway's token need the new one: it stands in gateway.token of the state folder.",
    ),
    {
      name: "session-key",
      isThere: async () => (await gateway.get("session-key")) !== undefined,
      async rotate(record) {
        const value = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
        await store.commit([{ type: "value-put", space: "gateway", key: "session-key", value }, record]);
      },
      next: "Browsers log in again.",
    },
    {
      name: "device-tokens",
      isThere: async () => (await devices.list()).length > 0,
      async rotate(record) {
        const without = (await devices.list()).map(({ key, value }): Write => {
          return { type: "value-put", space: "devices", key, value: { ...(value as object), tokens: {} } as Json };
        });
        await store.commit([...without, record]);
      },
      next: "Apps and nodes log in once more with the gateway's token or password; they need not be approved again.",
    },
    {
      name: "access-keys",
      isThere: async () => (await keys.list()).length > 0,
      async rotate(record) {
        const all = (await keys.list()).map(({ key }): Write => ({ type: "value-remove", space: keySpaces.keys, key }));
        await store.commit([...all, record]);
      },
      next: "All keys of programs are revoked: homarus keys create makes new ones.",
    },
    byFile("receipts-key", signer.exists, signer.rotate),
    byFile("vault-key", vault.exists, vault.rotateKey),
  ];
}

/** What names a secret from now on has its new value; a config that is faulty otherwise stays as it was in force. */
export function takeEffect({ redactor, config, log }: Pick<SecretGround, "redactor" | "config" | "log">): void {
  redactor.refresh();
  try {
    config.refresh();
  } catch (thrown) {
    log.warn("secrets.config-refused", { fault: thrown });
  }
}
