// Starts the page: takes a secret out of the address, connects to the gateway that served it, and draws the shell.
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { GatewayConnection } from "./gateway/connection.ts";
import { keepSecret, readSecret, secretInFragment } from "./gateway/secret.ts";
import "./theme.css";

/** Put in by the build. */
declare const pageVersion: string;

const places = { tab: sessionStorage, browser: localStorage };
const secret = secretInFragment(location.hash);
if (secret !== undefined) {
  keepSecret(places, { secret, isLasting: readSecret(places)?.isLasting ?? false });
  history.replaceState(history.state, "", location.pathname + location.search);
}

const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`;
const connection = new GatewayConnection({ url, version: pageVersion, places });
connection.start();

const root = document.getElementById("root");
if (root) createRoot(root).render(<App connection={connection} />);
