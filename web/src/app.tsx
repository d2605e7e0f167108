// The shell: whoever is not let in sees the sign-in form, whoever is sees the apps. The chat is the first of them.
import { useEffect, useState } from "react";
import { ChatPage } from "./chat/chat-page.tsx";
import { Desk } from "./chat/desk.ts";
import type { GatewayConnection } from "./gateway/connection.ts";
import { SignIn } from "./gateway/sign-in.tsx";
import { useStore } from "./gateway/store.ts";
import "./shell.css";

export function App({ connection }: { readonly connection: GatewayConnection }) {
  const { phase, trouble, hello } = useStore(connection);
  const desk = useDesk(connection);
  if (phase === "signed-out") return <SignIn connection={connection} trouble={trouble} />;
  if (desk) return <ChatPage connection={connection} desk={desk} />;
  return (
    <main className="starting">
      <output>{trouble ? `${trouble.title} ${trouble.next}` : hello ? "Opening…" : "Connecting…"}</output>
    </main>
  );
}

/** Made at the first hello, and kept over every later one: what waits to be sent waits on it. */
function useDesk(connection: GatewayConnection): Desk | undefined {
  const { hello } = useStore(connection);
  const [desk, setDesk] = useState<Desk | undefined>(undefined);
  useEffect(() => {
    if (desk || !hello) return;
    const mainKey = hello.snapshot.sessionDefaults?.mainSessionKey ?? "agent:main:main";
    setDesk(new Desk(connection, mainKey, surroundings()));
  }, [connection, desk, hello]);
  return desk;
}

function surroundings() {
  return {
    drawer: sessionStorage,
    newKey,
    now: () => Date.now(),
    address: () => new URLSearchParams(location.search).get("session") ?? undefined,
    setAddress: (key: string) => history.pushState(null, "", `?${new URLSearchParams({ session: key })}`),
  };
}

/** 128 random bits. `crypto.randomUUID` is missing on pages that are neither https nor on this machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
